package dev.finops.azure.simulator;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/** What goes wrong with a request. */
public sealed interface Fault
        permits Answer,
                Fault.ResetBefore,
                Fault.ResetDuring,
                Fault.ResetAfter,
                Fault.Late,
                Fault.Delay,
                Fault.ThenAct,
                Fault.Across,
                Fault.OnTheWire {

    /** The connection is closed and nothing has happened. */
    record ResetBefore() implements Fault {}

    /** The call takes effect and the connection is closed half way through the answer's body. */
    record ResetDuring() implements Fault {}

    /** The call takes effect and the connection is closed before the answer. */
    record ResetAfter() implements Fault {}

    /** The connection is closed at once, and the call takes effect after a while all the same. */
    record Late(Duration by) implements Fault {}

    /** The call is handled after a while. */
    record Delay(Duration by) implements Fault {}

    /**
     * The call is handled, then something else happens before the client has the answer: somebody's edit between GET
     * and PUT.
     */
    record ThenAct(Runnable act) implements Fault {}

    /** Somebody stands around the call, and may do something before it is handled, after that, or instead. */
    record Across(Crossing crossing) implements Fault {}

    @FunctionalInterface
    interface Crossing {
        /** @return what the client is answered; empty to close the connection */
        Optional<Answer> cross(Operation operation, String path, Handling call) throws InterruptedException;
    }

    @FunctionalInterface
    interface Handling {
        Answer answer() throws InterruptedException;
    }

    /** Nothing happens, and these bytes come back, be they HTTP or not; then the connection ends. */
    record OnTheWire(Bytes bytes) implements Fault {}

    /** Writes as slowly and as much as it likes, until the client has gone. */
    interface Bytes {
        void writeTo(OutputStream out) throws IOException;
    }
}
