package dev.finops.azure.arm;

/** The result of a call to Azure. An expected failure is a value. */
public sealed interface ArmResult<T> {
    record Ok<T>(T value) implements ArmResult<T> {}

    record Failed<T>(ArmFailure failure) implements ArmResult<T> {}
}
