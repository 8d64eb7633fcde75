package dev.finops.azure.docs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.finops.azure.api.v1alpha1.CrdField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A piece of a page that a reader copies: YAML, or the lines of a shell. */
record Snippet(Path page, int line, String text) {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```(\\w*)\\n(.*?)^ *```$");
    private static final Pattern HERE = Pattern.compile("(?ms)<<EOF\\n(.*?)^EOF$");
    private static final Pattern INLINE = Pattern.compile("`((\\w+): [^`\\n]+)`");
    private static final Pattern COMMAND = Pattern.compile("`(kubectl [^`\\n]+)`");

    private static final Pattern CALL_IN_SENTENCE = Pattern.compile("`((?:kubectl|helm) [^`\n]+)`");

    /** Up to a pipe, a semicolon, a bracket or the end of the line, unless that is in quotes. */
    private static final Pattern CALL = Pattern.compile("(?m)(?:^|[|;&(]|\\bdo\\b)\\s*(?:\\$ )?((?:kubectl|helm) "
            + "(?:'[^']*'|\"(?:[^\"\\\\]|\\\\.)*\"|[^'\"|;&)\n])*)");

    /** Reads YAML once: two values for a key are a mistake. */
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final String SUBSCRIPTION = "11111111-1111-1111-1111-111111111111";
    private static final String STORAGE_ACCOUNT = "/subscriptions/" + SUBSCRIPTION
            + "/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports";

    /** What a reader puts in place of what pages leave open. */
    private static final Map<String, String> PLACEHOLDERS = Map.of(
            "/subscriptions/…", "/subscriptions/" + SUBSCRIPTION,
            "$SUBSCRIPTION", SUBSCRIPTION,
            "$STORAGE", STORAGE_ACCOUNT,
            "<SUBSCRIPTION_ID>", SUBSCRIPTION,
            "<STORAGE_ACCOUNT_ID>", STORAGE_ACCOUNT,
            "REGION", "centralus");

    static final Set<String> FIELDS =
            CrdField.ofSpec().stream().map(CrdField::path).collect(Collectors.toSet());

    /** Without the one that is written from what Azure says, whose commands KnownErrorTest runs. */
    private static List<Path> pages() {
        try {
            return PagesTest.pages()
                    .filter(page -> !page.endsWith("azure-errors.md"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Blocks of YAML, what is piped to kubectl, and fields within a sentence; one for each document. */
    static Stream<Snippet> yaml() {
        return pages().stream().flatMap(page -> {
            String text = read(page);
            Stream<Snippet> blocks = blocks(page, "yaml")
                    .flatMap(block -> Stream.of(block.text.split("(?m)^---$")).map(block::with));
            Stream<Snippet> piped = blocks(page, "")
                    .flatMap(block -> HERE.matcher(block.text).results().map(here -> block.with(here.group(1))));
            Stream<Snippet> inline = INLINE.matcher(text)
                    .results()
                    .filter(code -> FIELDS.contains(code.group(2)) && !page.startsWith("charts"))
                    .map(code -> new Snippet(page, line(text, code.start()), code.group(1)));
            return Stream.of(blocks, piped, inline).flatMap(snippets -> snippets);
        });
    }

    /** Commands of kubectl, one for each, their lines joined. */
    static Stream<Snippet> commands() {
        return pages().stream().flatMap(page -> {
            String text = read(page);
            Stream<Snippet> lines = blocks(page, "")
                    .flatMap(block -> block.text
                            .replace("\\\n", "")
                            .lines()
                            .map(line -> line.replaceFirst("^\\$ ", ""))
                            .filter(line -> line.startsWith("kubectl "))
                            .map(block::with));
            Stream<Snippet> inline = COMMAND.matcher(text)
                    .results()
                    .map(code -> new Snippet(page, line(text, code.start()), code.group(1)));
            return Stream.concat(lines, inline);
        });
    }

    /**
     * Each call of kubectl or helm that a page shows, wherever it is in a line of a shell: behind a pipe, in a loop, in
     * a substitution. Its text ends where the shell ends it.
     */
    static Stream<Snippet> calls(Path page) {
        String text = read(page);
        Stream<Snippet> blocks = blocks(page, "")
                .flatMap(block -> callsIn(
                                HERE.matcher(block.text).replaceAll("\n").replace("\\\n", " "))
                        .map(block::with));
        Stream<Snippet> inline = CALL_IN_SENTENCE
                .matcher(text)
                .results()
                .flatMap(code -> callsIn(code.group(1)).map(new Snippet(page, line(text, code.start()), "")::with));
        return Stream.concat(blocks, inline);
    }

    private static Stream<String> callsIn(String shell) {
        return CALL.matcher(shell).results().map(call -> call.group(1).strip());
    }

    private static Stream<Snippet> blocks(Path page, String language) {
        String text = read(page);
        return BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(2).equals(language))
                .map(block -> new Snippet(
                        page, line(text, block.start()), block.group(3).replaceAll("(?m)^" + block.group(1), "")));
    }

    private Snippet with(String part) {
        return new Snippet(page, line, part);
    }

    /** With every placeholder filled in. */
    ObjectNode document() {
        String filled = text;
        for (var placeholder : PLACEHOLDERS.entrySet()) {
            filled = filled.replaceAll(
                    Pattern.quote(placeholder.getKey()) + "(?![A-Z_])",
                    Matcher.quoteReplacement(placeholder.getValue()));
        }
        try {
            return YAML.readerFor(ObjectNode.class).readValue(filled);
        } catch (IOException e) {
            throw new AssertionError(this + " is no YAML: " + e.getMessage(), e);
        }
    }

    private static int line(String text, int offset) {
        return (int) text.substring(0, offset).lines().count() + 1;
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return page + ":" + line + " " + text.lines().limit(1).collect(Collectors.joining());
    }
}
