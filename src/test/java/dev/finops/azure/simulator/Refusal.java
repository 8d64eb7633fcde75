package dev.finops.azure.simulator;

/** Ends the handling of a request with an error answer. */
final class Refusal extends RuntimeException {

    private final transient Answer answer;

    Refusal(Answer answer) {
        super(answer.body(), null, false, false);
        this.answer = answer;
    }

    Answer answer() {
        return answer;
    }
}
