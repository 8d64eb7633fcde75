package dev.finops.azure.costexport.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SignInTest {

  @Test
  void nothingIsSentByWhoMayNotAct() throws IOException {
    AtomicInteger received = new AtomicInteger();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      received.incrementAndGet();
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    });
    server.start();
    AtomicBoolean acts = new AtomicBoolean(true);
    var http = new SignIn(null, acts::get).http();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      http.send(new HttpRequest(HttpMethod.PUT, url).setBody("{}")).block(Duration.ofSeconds(10)).close();
      acts.set(false);

      assertThrows(RuntimeException.class, () -> http.send(new HttpRequest(HttpMethod.PUT, url).setBody("{}")).block(Duration.ofSeconds(10)));

      assertEquals(1, received.get());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void noAnswerIsReadWithoutEnd() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, 0);
      try (var body = exchange.getResponseBody()) {
        while (true) {
          body.write(new byte[64 * 1024]);
        }
      }
    });
    server.start();
    var http = new SignIn(null, () -> true).http();
    try {
      var answer = http.send(new HttpRequest(HttpMethod.GET, "http://127.0.0.1:" + server.getAddress().getPort())).flatMap(response -> response.getBodyAsString());

      assertThrows(BoundedHttp.AnswerTooLarge.class, () -> answer.block(Duration.ofSeconds(30)));
    } finally {
      server.stop(0);
    }
  }
}
