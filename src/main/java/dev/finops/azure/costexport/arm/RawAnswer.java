package dev.finops.azure.costexport.arm;

import java.util.Map;

/**
 * An HTTP answer as it came.
 *
 * @param headers by lower-case name
 */
record RawAnswer(int status, Map<String, String> headers, byte[] body) {

  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  String requestId() {
    return header("x-ms-request-id");
  }

  /** As far as can be told; a proxy's own pages are HTML or text. */
  boolean isAzures() {
    return !requestId().isEmpty() || header("content-type").contains("json");
  }

  /** As Azure Resource Manager answers; other successes, such as a part of a document, are somebody else's. */
  boolean ok() {
    return status == 200 || status == 201 || status == 202 || status == 204;
  }
}
