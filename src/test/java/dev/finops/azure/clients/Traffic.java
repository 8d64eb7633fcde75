package dev.finops.azure.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.Journal.Call;
import dev.finops.azure.simulator.Journal.Exchange;
import dev.finops.azure.simulator.Operation;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Exchanges on exports, in the files that {@code oav validate-traffic} reads. */
public final class Traffic implements Consumer<Exchange> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();

    @Override
    public void accept(Exchange exchange) {
        if (exchange.call().operation() != Operation.OTHER) {
            exchanges.add(exchange);
        }
    }

    /** Operation and status of each, for a test of what the walk covers. */
    public List<String> covered() {
        return exchanges.stream()
                .map(exchange ->
                        exchange.call().operation() + " " + exchange.answer().status())
                .distinct()
                .sorted()
                .toList();
    }

    public int size() {
        return exchanges.size();
    }

    /** One file for each exchange. */
    public void write(Path directory) throws IOException {
        int number = 0;
        for (Exchange exchange : exchanges) {
            ObjectNode file = JSON.createObjectNode();
            file.set("liveRequest", request(exchange.call()));
            file.set("liveResponse", response(exchange.answer()));
            Files.writeString(directory.resolve("%05d.json".formatted(number++)), file.toPrettyString());
        }
    }

    private static ObjectNode request(Call call) {
        ObjectNode request =
                JSON.createObjectNode().put("method", call.method()).put("url", url(call.path(), call.query()));
        call.headers().forEach(request.putObject("headers")::put);
        if (!call.body().isMissingNode()) {
            request.set("body", call.body());
        }
        return request;
    }

    private static ObjectNode response(Answer answer) {
        ObjectNode response = JSON.createObjectNode().put("statusCode", String.valueOf(answer.status()));
        answer.headers().forEach(response.putObject("headers")::put);
        json(answer.body()).ifPresent(body -> response.set("body", body));
        return response;
    }

    private static Optional<JsonNode> json(String text) {
        try {
            JsonNode body = JSON.readTree(text);
            return body.isMissingNode() ? Optional.empty() : Optional.of(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    private static String url(String path, Map<String, String> query) {
        try {
            String pairs = query.entrySet().stream()
                    .map(pair -> pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), UTF_8))
                    .collect(Collectors.joining("&"));
            return new URI(null, null, path, null).getRawPath() + "?" + pairs;
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
