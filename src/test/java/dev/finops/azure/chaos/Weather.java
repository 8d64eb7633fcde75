package dev.finops.azure.chaos;

import java.io.IOException;
import java.util.Optional;

/** How the API server is for one operator at the moment. */
final class Weather implements ApiServerProxy.Between {

    enum Kind {
        FAIR,
        /** Every answer is 503. */
        UNAVAILABLE,
        /** Nobody is there. */
        REFUSED,
        /** What is asked happens, and the answer is lost. */
        LOST_ANSWERS,
        /**
         * A watch is told that what it wants to go on from has been forgotten, in the way of the API server: as its
         * first event.
         */
        FORGETFUL
    }

    private volatile Kind kind = Kind.FAIR;

    void turns(Kind to) {
        kind = to;
    }

    @Override
    public Optional<Exchange> carry(Exchange request, ApiServerProxy.Onward onward) throws IOException {
        return switch (kind) {
            case FAIR -> Optional.of(onward.answer());
            case UNAVAILABLE -> Optional.of(status(503, "ServiceUnavailable"));
            case REFUSED -> Optional.empty();
            case LOST_ANSWERS -> {
                onward.answer();
                yield Optional.empty();
            }
            case FORGETFUL -> Optional.of(request.isWatch() ? gone() : onward.answer());
        };
    }

    private static Exchange gone() {
        return ApiServerProxy.onlyEvent("{\"type\":\"ERROR\",\"object\":" + body(410, "Expired") + "}");
    }

    static Exchange status(int code, String reason) {
        return Exchange.answer(code, body(code, reason));
    }

    private static String body(int code, String reason) {
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"chaos\",\"reason\":\"%s\",\"code\":%d}"
                .formatted(reason, code);
    }
}
