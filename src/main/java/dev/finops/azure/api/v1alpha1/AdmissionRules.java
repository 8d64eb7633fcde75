package dev.finops.azure.api.v1alpha1;

import java.util.List;
import java.util.stream.Stream;

/**
 * CEL rules of the API server: they reject specs that Azure never accepts, and changes that would target another
 * export. Each message names the field, the rule and the remedy. Only Azure can judge the rest.
 */
final class AdmissionRules {

    /** @param path where it is checked; {@code self} is what is found there */
    record Rule(String path, String cel, String message) {}

    private static final String GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    /** One part of a URL's path: nothing that ends it, and no placeholder of a manual. */
    private static final String SEGMENT = "[^/?#%{}<>[:space:][:cntrl:]\\\\]+";

    private static final String NO_DOT_SEGMENT = "!self.matches('(^|/)[.][.]?(/|$)')";

    /**
     * A date or a date-time that exists: 28 days in every month, the ends of the longer ones, and 29 February of leap
     * years. A regular expression, because timestamp() answers 2026-02-30 with an error of its own.
     */
    static final String DATE =
            "'^([1-9][0-9]{3}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
                    + "|([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)-02-29)"
                    + "(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9]))?$'";

    private static final String DATES_EXIST = "[self.from, self.to].all(date, date.matches(" + DATE + "))";
    private static final String FROM = "timestamp(self.from.size() == 10 ? self.from + 'T00:00:00Z' : self.from)";
    private static final String TO = "timestamp(self.to.size() == 10 ? self.to + 'T23:59:59Z' : self.to)";

    static final String AGE = "'^[1-9][0-9]{0,8}(ms|s|m|h)$'";
    static final String MONTH = "'^[1-9][0-9]{3}-(0[1-9]|1[0-2])$'";
    private static final String MONTHS_EXIST =
            "has(self.from) && has(self.to) && [self.from, self.to].all(month, month.matches(" + MONTH + "))";
    private static final String MONTHS_BETWEEN = "(int(self.to.substring(0, 4)) - int(self.from.substring(0, 4))) * 12"
            + " + int(self.to.substring(5)) - int(self.from.substring(5))";

    private static final List<Rule> SCOPE = List.of(
            new Rule("spec.scope", """
          self.matches(r'(?i)^/(subscriptions/%1$s(/resourceGroups/%2$s)?\
          |providers/Microsoft[.]Management/managementGroups/%2$s\
          |providers/Microsoft[.]Billing/billingAccounts/%2$s\
          (/(departments|enrollmentAccounts|billingProfiles|invoiceSections|customers)/%2$s\
          |/billingProfiles/%2$s/invoiceSections/%2$s)?)/?$') && %3$s""".formatted(GUID, SEGMENT, NO_DOT_SEGMENT), """
          scope is no ARM id that can have exports; use /subscriptions/{GUID}, \
          /subscriptions/{GUID}/resourceGroups/{name}, /providers/Microsoft.Management/managementGroups/{id} or \
          /providers/Microsoft.Billing/billingAccounts/{id}, the last also with /departments/{id}, \
          /enrollmentAccounts/{id}, /billingProfiles/{id}, /invoiceSections/{id}, \
          /billingProfiles/{id}/invoiceSections/{id} or /customers/{id}"""),
            new Rule("spec.scope", """
          (self + '/').lowerAscii().replace('//', '/') == (oldSelf + '/').lowerAscii().replace('//', '/')""", """
          scope cannot be changed; create another CostExport for the other scope, and delete this one if it is not \
          needed"""),
            new Rule("spec", """
          self.dataset.type != 'PriceSheet' && !self.dataset.type.startsWith('Reservation') || self.scope.matches(\
          '(?i)^/providers/Microsoft[.]Billing/billingAccounts/([^/:]+|[^/]+/billingProfiles/[^/]+)/?$')""", """
          dataset.type PriceSheet and Reservation* exist only at an EA billing account or at a billing profile; use \
          /providers/Microsoft.Billing/billingAccounts/{enrollment}, or with a Microsoft Customer Agreement \
          /providers/Microsoft.Billing/billingAccounts/{id}/billingProfiles/{id}, as scope"""),
            new Rule("spec", """
          self.dataset.type != 'FocusCost' || !self.scope.matches('(?i)^/providers/Microsoft[.]Management/')""", """
          dataset.type FocusCost does not exist at a management group; use a billing account, a billing profile or \
          each subscription as scope"""));

    private static final List<Rule> DATASET = List.of(
            new Rule(
                    "spec.dataset",
                    "self.type != 'PriceSheet' || self.timeframe in ['TheCurrentMonth', 'Custom']",
                    "dataset.timeframe of a PriceSheet is TheCurrentMonth or Custom; set one of them"),
            new Rule("spec", """
          self.dataset.type != 'PriceSheet' || !has(self.schedule) || !has(self.schedule.recurrence) || \
          self.schedule.recurrence == 'Daily'""", "schedule.recurrence of a PriceSheet is Daily; set it, or remove schedule"),
            new Rule("spec.dataset", """
          !has(self.granularity) || \
          !(self.type in ['PriceSheet', 'ReservationRecommendations', 'ReservationTransactions'])""", """
          dataset.granularity is not for PriceSheet, ReservationRecommendations and ReservationTransactions; \
          remove it"""),
            new Rule(
                    "spec.dataset",
                    "!has(self.filters) || self.filters.size() == 0 || self.type == 'ReservationRecommendations'",
                    "dataset.filters are only for ReservationRecommendations; remove them"),
            new Rule(
                    "spec.dataset",
                    "(self.timeframe == 'Custom') == has(self.timePeriod)",
                    "dataset.timeframe Custom and dataset.timePeriod need each other; state both, or "
                            + "remove timePeriod"),
            new Rule("spec", """
          !self.dataset.type.startsWith('Reservation') || (!has(self.format) || self.format == 'Csv') && \
          (!has(self.compressionMode) || self.compressionMode == 'None')""", "format of Reservation* is Csv and compressionMode None; set them, or remove both"),
            new Rule(
                    "spec",
                    """
          !has(self.format) || !has(self.compressionMode) || self.compressionMode == 'None' || \
          (self.format == 'Csv') == (self.compressionMode == 'Gzip')""",
                    "compressionMode Gzip is for format Csv and Snappy for Parquet; change one of the "
                            + "two, or use None"));

    private static final List<Rule> TIME = List.of(
            date("dataset.timePeriod.from"),
            date("dataset.timePeriod.to"),
            date("schedule.from"),
            date("schedule.to"),
            new Rule(
                    "spec.dataset.timePeriod",
                    "!" + DATES_EXIST + " || " + FROM + " <= " + TO,
                    "dataset.timePeriod is reversed, its from is after its to; exchange them"),
            new Rule(
                    "spec.dataset.timePeriod",
                    """
          !%s || [%s].all(from, [%s - duration('1s')].all(to, \
          (to.getFullYear() - from.getFullYear()) * 12 + to.getMonth() - from.getMonth() < \
          (to.getDate() < from.getDate() ? 4 : 3)))""".formatted(DATES_EXIST, FROM, TO),
                    "dataset.timePeriod is longer than three calendar months; shorten it, or use "
                            + "backfill for the past"),
            new Rule(
                    "spec.schedule",
                    "!has(self.from) || !has(self.to) || !" + DATES_EXIST + " || " + FROM + " < " + TO,
                    "schedule.to is not after schedule.from; set a later to, or remove it"),
            new Rule(
                    "spec.freshness.maxAge",
                    "self.matches(" + AGE + ")",
                    "freshness.maxAge is not a duration; write a whole number of at most nine digits with "
                            + "one unit, as 500ms, 30s, 5m or 36h"));

    private static final List<Rule> PAST = List.of(
            new Rule(
                    "spec.backfill",
                    "has(self.months) ? !has(self.from) && !has(self.to) : has(self.from) && has(self.to)",
                    "backfill is either months, or from and to; state exactly one of the two forms"),
            new Rule(
                    "spec.backfill.months",
                    "self >= 1 && self <= 84",
                    "backfill.months is 1 to 84, as Azure keeps seven years; set a number in that range"),
            new Rule(
                    "spec.backfill.from",
                    "self.matches(" + MONTH + ")",
                    "backfill.from is not a month; write it as 2025-01"),
            new Rule(
                    "spec.backfill.to",
                    "self.matches(" + MONTH + ")",
                    "backfill.to is not a month; write it as 2025-12"),
            new Rule(
                    "spec.backfill",
                    "!(" + MONTHS_EXIST + ") || " + MONTHS_BETWEEN + " >= 0",
                    "backfill is reversed, its from is after its to; exchange them"),
            new Rule(
                    "spec.backfill",
                    "!(" + MONTHS_EXIST + ") || " + MONTHS_BETWEEN + " < 84",
                    "backfill is longer than 84 months, and Azure keeps seven years; set a later from"),
            new Rule(
                    "spec",
                    "!has(self.backfill) || self.dataset.type != 'ReservationRecommendations'",
                    "backfill is not for ReservationRecommendations, which know only the present; remove it"),
            new Rule(
                    "spec",
                    "self.dataset.type != 'ReservationDetails' || " + reachesBack(13),
                    "backfill of ReservationDetails reaches back 13 months; ask for 13 or fewer"),
            new Rule(
                    "spec",
                    "self.dataset.type != 'PriceSheet' || " + reachesBack(25),
                    "backfill of a PriceSheet reaches back 25 months; ask for 25 or fewer"),
            new Rule(
                    "spec",
                    "self.dataset.type != 'PriceSheet' || !self.scope.matches('(?i)/billingProfiles/') || "
                            + reachesBack(13),
                    "backfill of a PriceSheet at a billing profile reaches back 13 months; ask for 13 or fewer"),
            new Rule(
                    "spec.closedMonth.rerunOnDays",
                    "self.all(day, day >= 1 && day <= 28)",
                    "closedMonth.rerunOnDays are days that every month has; use 1 to 28"));

    private static final List<Rule> DELIVERY = List.of(
            new Rule("spec.destination", """
          has(self.storageAccountId) ? !has(self.storageAccountName) && !has(self.sasTokenSecretRef) \
          : has(self.storageAccountName) && has(self.sasTokenSecretRef)""", """
          destination is either storageAccountId, or (partners) storageAccountName with sasTokenSecretRef; state \
          exactly one of the two forms"""),
            new Rule("spec.destination.storageAccountId", """
          self.matches(r'(?i)^/subscriptions/%s/resourceGroups/%s/providers/Microsoft[.]Storage/storageAccounts/\
          [a-z0-9]{3,24}/?$') && %s""".formatted(GUID, SEGMENT, NO_DOT_SEGMENT), """
          destination.storageAccountId is no ARM id of a storage account; use \
          /subscriptions/{GUID}/resourceGroups/{name}/providers/Microsoft.Storage/storageAccounts/{name}"""),
            new Rule(
                    "spec.destination.rootFolderPath",
                    "!self.startsWith('/')",
                    "destination.rootFolderPath cannot begin with a slash; remove it"),
            new Rule("spec.destination.rootFolderPath", """
          !self.matches("[]:?#[@!$&'()*+,;=]")""", """
          destination.rootFolderPath cannot contain : ? # [ ] @ ! $ & ' ( ) * + , ; or =; write a dash for the colon \
          of a billing account id"""),
            new Rule(
                    "spec.identity",
                    "self.type != 'SystemAssigned' || has(self.location)",
                    "identity.location is missing, and SystemAssigned needs it; set a region such as centralus"),
            // The identity may go as a whole: what is no longer stated is taken out in Azure.
            new Rule(
                    "spec",
                    """
          !has(oldSelf.identity) || !has(oldSelf.identity.location) || !has(self.identity) || \
          has(self.identity.location) && self.identity.location.lowerAscii().replace(' ', '') == \
          oldSelf.identity.location.lowerAscii().replace(' ', '')""",
                    "identity.location cannot be changed once set; restore it, or create another CostExport"));

    /** A name in another letter case is another export only where Azure shows both spellings, which CEL cannot know. */
    private static final List<Rule> NAME = List.of(
            new Rule(
                    "spec.exportName",
                    "self.matches(r'^" + SEGMENT + "$') && " + NO_DOT_SEGMENT,
                    "exportName cannot be part of a URL; use letters, digits, - and _"),
            new Rule(
                    "",
                    """
          (has(self.spec.exportName) ? self.spec.exportName : self.metadata.name).lowerAscii() == \
          (has(oldSelf.spec.exportName) ? oldSelf.spec.exportName : oldSelf.metadata.name).lowerAscii()""",
                    "exportName (without it, metadata.name) cannot be changed; restore it, or create "
                            + "another CostExport"));

    static final List<Rule> ALL = Stream.of(SCOPE, DATASET, TIME, PAST, DELIVERY, NAME)
            .flatMap(List::stream)
            .toList();

    private AdmissionRules() {}

    /**
     * Azure keeps no more of the dataset (docs/azure.md, "Runs"); which months are too old is its to say, since CEL has
     * no clock.
     */
    private static String reachesBack(int months) {
        return ("(!has(self.backfill) || (!has(self.backfill.months) || self.backfill.months <= %s) && (!(%s) || "
                        + "%s < %s))")
                .formatted(months, inBackfill(MONTHS_EXIST), inBackfill(MONTHS_BETWEEN), months);
    }

    private static String inBackfill(String cel) {
        return cel.replace("self.", "self.backfill.");
    }

    private static Rule date(String field) {
        return new Rule(
                "spec." + field,
                "self.matches(" + DATE + ")",
                field
                        + " is not a date of the calendar and not a date-time with Z or an offset; write it as 2026-01-31 or"
                        + " 2026-01-31T00:00:00Z");
    }
}
