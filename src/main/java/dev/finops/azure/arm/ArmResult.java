package dev.finops.azure.arm;

/** What a call to Azure came to. An expected failure is a value like any other. */
public sealed interface ArmResult<T> {
    record Ok<T>(T value) implements ArmResult<T> {}

    record Failed<T>(ArmFailure failure) implements ArmResult<T> {}
}
