package dev.finops.azure.costexport.arm;

import dev.finops.azure.costexport.failure.ArmFailure;

/** What a call to Azure came to. An expected failure is a value like any other. */
public sealed interface Answer<T> {
  record Ok<T>(T value) implements Answer<T> {}

  record Failed<T>(ArmFailure failure) implements Answer<T> {}
}
