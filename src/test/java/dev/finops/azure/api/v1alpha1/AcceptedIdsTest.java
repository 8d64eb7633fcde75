package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.document.Scope;
import dev.finops.azure.export.document.ExportId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** An id that the API server accepts means the same export after it was written to a status and read again. */
class AcceptedIdsTest {
    private static final String GUID = "00000000-0000-0000-0000-00000000000a";
    private static final Pattern SCOPE = javaPattern("spec.scope");
    private static final Pattern NAME = javaPattern("spec.exportName");

    /** Letters that change their length with their case, or that are another letter's in another language. */
    private static final String TRICKY = "\u212AİıſßẞǅﬃΣςσµΜÅåÿŸẛ̇ıi̇JǰȺⱥ";

    @Property(tries = 500)
    void isReadAsItWasWritten(@ForAll("scopes") String scope, @ForAll("segments") String name) {
        assertTrue(SCOPE.matcher(scope).find(), scope);
        assertTrue(NAME.matcher(name).find(), name);
        ExportId id = new ExportId(new Scope(scope), name);

        ExportId read = ExportId.parse(id.path()).orElseThrow();

        assertEquals(id, read);
        assertEquals(id.name(), read.name());
        assertEquals(id.path(), read.path());
        assertEquals(Optional.of(id), ExportId.parse(id.path().substring(1) + "/"));
    }

    @Property(tries = 500)
    void keepsItsLengthInAKey(@ForAll("scopes") String scope) {
        assertEquals(new Scope(scope).path().length(), new Scope(scope).key().length());
    }

    @Provide
    Arbitrary<String> scopes() {
        Arbitrary<String> words =
                Arbitraries.of("/subscriptions/" + GUID, "/SUBSCRIPTIONS/" + GUID.toUpperCase(java.util.Locale.ROOT));
        Arbitrary<String> group = Combinators.combine(
                        words, Arbitraries.of("/resourceGroups/", "/RESOURCEgroups/"), segments())
                .as((subscription, groups, name) -> subscription + groups + name);
        Arbitrary<String> managementGroup =
                segments().map(name -> "/providers/Microsoft.Management/managementGroups/" + name);
        Arbitrary<String> account = segments().map(name -> "/providers/Microsoft.Billing/billingAccounts/" + name);
        Arbitrary<String> part = Combinators.combine(
                        account,
                        Arbitraries.of(
                                "departments", "enrollmentAccounts", "billingProfiles", "invoiceSections", "customers"),
                        segments())
                .as((of, kind, name) -> of + "/" + kind + "/" + name);
        Arbitrary<String> section = Combinators.combine(account, segments(), segments())
                .as((of, profile, name) -> of + "/billingProfiles/" + profile + "/invoiceSections/" + name);
        return Combinators.combine(
                        Arbitraries.oneOf(words, group, managementGroup, account, part, section),
                        Arbitraries.of("", "/"))
                .as((scope, slash) -> scope + slash);
    }

    /** Also those that look like a part of an id. */
    @Provide
    Arbitrary<String> segments() {
        Arbitrary<String> any = Arbitraries.strings().all().ofMinLength(1).ofMaxLength(12);
        Arbitrary<String> tricky = Arbitraries.strings()
                .withChars(TRICKY + "aAiIkKsS-_.()1:")
                .ofMinLength(1)
                .ofMaxLength(12);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(1, any),
                        net.jqwik.api.Tuple.of(3, tricky),
                        net.jqwik.api.Tuple.of(
                                1, Arbitraries.of("exports", "providers", "Microsoft.CostManagement", "EXPORTS")))
                .filter(text -> NAME.matcher(text).find()
                        && !List.of(".", "..").contains(text)
                        && text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE));
    }

    /** The first rule's regular expression in Java's words; RE2's classes are those of ASCII, in both. */
    private static Pattern javaPattern(String path) {
        String cel = AdmissionRules.ALL.stream()
                .filter(rule -> rule.path().equals(path))
                .findFirst()
                .orElseThrow()
                .cel();
        Matcher quoted = Pattern.compile("r'(.*?)'").matcher(cel);
        String text = quoted.results().map(result -> result.group(1)).collect(Collectors.joining());
        return Pattern.compile(text.replace("[:space:]", "\\s\\x0B").replace("[:cntrl:]", "\\p{Cntrl}"));
    }
}
