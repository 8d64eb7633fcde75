package dev.finops.azure.costexport.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A server process; what it prints is kept in a file, whose end is shown when it does not become ready. */
final class Server implements AutoCloseable {
  private static final Duration STARTUP = Duration.ofSeconds(90);
  private static final int TAIL = 30;

  /** Another process took the port between the choice and the start. */
  static final class PortTaken extends RuntimeException {}

  private final Process process;
  private final Path log;

  Server(Path log, List<String> command) {
    this.log = log;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void await(BooleanSupplier ready) {
    var deadline = Instant.now().plus(STARTUP);
    while (!ready.getAsBoolean()) {
      if (!process.isAlive() && prints("address already in use")) {
        throw new PortTaken();
      }
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        var problem = process.isAlive() ? "is not ready" : "has ended";
        throw new IllegalStateException(log.getFileName() + " " + problem + ":\n" + tail());
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  boolean prints(String text) {
    return lines().stream().anyMatch(line -> line.contains(text));
  }

  long pid() {
    return process.pid();
  }

  /** At once: nothing that it knows is needed again. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  private String tail() {
    var lines = lines();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
