package dev.finops.azure.costexport.reconcile;

import dev.finops.azure.costexport.arm.Identity;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The sessions that objects use; one that no object uses any more, as after a rotation, goes with its secret. */
final class Sessions {
  private final Function<Identity, Session> opener;
  private final Map<Identity, Session> open = new HashMap<>();
  private final Map<String, Identity> byUid = new HashMap<>();

  Sessions(Function<Identity, Session> opener) {
    this.opener = opener;
  }

  synchronized Session of(String uid, Identity identity) {
    Identity before = byUid.put(uid, identity);
    if (!identity.equals(before)) {
      leave(uid, before);
    }
    return open.computeIfAbsent(identity, opener);
  }

  /** As whom the object acted last. */
  synchronized Optional<Identity> last(String uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  synchronized Optional<Session> session(String uid) {
    return last(uid).map(open::get);
  }

  synchronized void forget(String uid) {
    leave(uid, byUid.remove(uid));
  }

  private void leave(String uid, Identity identity) {
    if (identity != null) {
      Optional.ofNullable(open.get(identity)).ifPresent(session -> session.snapshots().forget(uid));
      if (!byUid.containsValue(identity)) {
        open.remove(identity);
      }
    }
  }
}
