package dev.finops.azure.operator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;
import java.util.Set;

/** Logback by {@code LOG_FORMAT} and {@code LOG_LEVEL}; found as a service before the first line is logged. */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %msg";
    /** The innermost cause, its first line. */
    private static final String CAUSE = " %replace(%rEx{0}){'(?s)\\R.*', ''}%n%nopex";

    private static final String OWN = "dev.finops.azure";
    static final Set<String> FORMATS = Set.of("text", "json");
    static final Set<String> LEVELS = Set.of("trace", "debug", "info", "warn", "error");

    /** What libraries log as an error, with a stack trace, or as a warning, and is an ordinary condition here. */
    private static final Set<String> TALKATIVE = Set.of(
            "com.azure",
            "com.microsoft.aad",
            "reactor",
            "io.netty",
            "io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Map<String, String> environment = System.getenv();
        String format = environment.getOrDefault("LOG_FORMAT", "text");
        // Of the libraries' faults, such as an API server that is away, one line is enough; of ours, the trace is the
        // point.
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console(context, format, false));
        TALKATIVE.forEach(library -> context.getLogger(library).setLevel(Level.OFF));
        var own = context.getLogger(OWN);
        own.setLevel(Level.toLevel(environment.get("LOG_LEVEL"), Level.INFO));
        own.setAdditive(false);
        own.addAppender(console(context, format, true));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static ConsoleAppender<ILoggingEvent> console(LoggerContext context, String format, boolean traces) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder(context, format, traces));
        console.start();
        return console;
    }

    static void check(Map<String, String> environment) {
        check(environment, "LOG_FORMAT", FORMATS);
        check(environment, "LOG_LEVEL", LEVELS);
    }

    private static void check(Map<String, String> environment, String variable, Set<String> allowed) {
        String value = environment.getOrDefault(variable, "");
        if (!value.isEmpty() && !allowed.contains(value)) {
            throw new OperatorConfig.Wrong(
                    variable,
                    value,
                    "must be one of "
                            + String.join(", ", allowed.stream().sorted().toList()));
        }
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, String format, boolean traces) {
        if (format.equals("json")) {
            JsonEncoder json = new JsonEncoder();
            json.setContext(context);
            json.setWithFormattedMessage(true);
            json.setWithThrowable(traces);
            json.setWithMessage(false);
            json.setWithArguments(false);
            json.setWithContext(false);
            json.setWithSequenceNumber(false);
            json.setWithNanoseconds(false);
            json.start();
            return json;
        }
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(traces ? LINE + "%n%ex" : LINE + CAUSE);
        text.start();
        return text;
    }
}
