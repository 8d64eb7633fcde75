package dev.finops.azure.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.TreeSet;

/** How values of a field are compared: two with an equal {@link #of canonical form} mean the same to Azure. */
public enum Equivalence {
    /** As written, but for white space at its ends. */
    TEXT {
        @Override
        public Object of(JsonNode value) {
            return value.asText().strip();
        }
    },
    /**
     * {@code 1.0-preview (v1)} is {@code 1.0-preview(v1)}, and the number 1 is {@code 1.0} (docs/azure.md, "The
     * document").
     */
    VERSION {
        @Override
        public Object of(JsonNode value) {
            return Spelling.plain(value);
        }
    },
    /** An enum or a name; Azure answers some in another case than they were sent. */
    WORD {
        @Override
        public Object of(JsonNode value) {
            return lower(value);
        }
    },
    /** An ARM id, with or without slashes at its ends. */
    ID {
        @Override
        public Object of(JsonNode value) {
            return Slashes.strip(lower(value));
        }
    },
    /** {@code Central US} is {@code centralus}. */
    LOCATION {
        @Override
        public Object of(JsonNode value) {
            return lower(value).replaceAll("\\s", "");
        }
    },
    /** Blob names are case-sensitive; slashes at the ends are not part of them. */
    FOLDER {
        @Override
        public Object of(JsonNode value) {
            return Slashes.strip(value.asText());
        }
    },
    FLAG {
        @Override
        public Object of(JsonNode value) {
            return value.isTextual() ? value.asText().strip().equalsIgnoreCase("true") : value.asBoolean();
        }
    },
    /** A second of a schedule: exports of 2019 have milliseconds, and the operator sends none. */
    INSTANT {
        @Override
        public Object of(JsonNode value) {
            return Timestamps.start(value.asText())
                    .<Object>map(Timestamps::write)
                    .orElseGet(value::asText);
        }
    },
    /** A day of a period: Azure answers its end at midnight or a second before. */
    DAY {
        @Override
        public Object of(JsonNode value) {
            return Timestamps.start(value.asText())
                    .<Object>map(i -> Timestamps.write(i).substring(0, 10))
                    .orElseGet(value::asText);
        }
    },
    /** Words in any order. */
    WORDS {
        @Override
        public Object of(JsonNode value) {
            TreeSet<String> words = new TreeSet<>();
            value.forEach(word -> words.add(lower(word)));
            return words;
        }
    },
    /** Name and value pairs in any order. */
    FILTERS {
        @Override
        public Object of(JsonNode value) {
            TreeSet<String> filters = new TreeSet<>();
            value.forEach(filter -> filters.add(lower(filter.path("name")) + "=" + lower(filter.path("value"))));
            return filters;
        }
    },
    /** Azure never shows it, so nothing that it shows is a difference. */
    SECRET {
        @Override
        public Object of(JsonNode value) {
            return "***";
        }
    };

    public abstract Object of(JsonNode value);

    private static String lower(JsonNode value) {
        return LetterCase.fold(value.asText()).strip();
    }
}
