package dev.finops.azure.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;

/**
 * One kind that the operator serves.
 *
 * @param name of its controller, in metrics and logs
 * @param whenSynced runs once the objects of the kind are in the cache
 */
record Registration<R extends HasMetadata>(String name, Class<R> type, Reconciler<R> reconciler, Runnable whenSynced) {}
