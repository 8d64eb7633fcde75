package dev.finops.azure.export.plan;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides the next step, or leaves the decision to the rule after it. The planners are lists of rules, of which the
 * first that decides wins.
 */
interface Rule<T> {
    Optional<Decision> decide(T input);

    /** @param why why the step is right, in one sentence for the reader of the code and of the log */
    static <T> Rule<T> of(String name, String why, Function<T, Optional<Step>> step) {
        return input -> step.apply(input).map(decided -> new Decision(name, why, decided));
    }

    static <T> Optional<Decision> first(List<Rule<T>> rules, T input) {
        for (Rule<T> rule : rules) {
            Optional<Decision> decision = rule.decide(input);
            if (decision.isPresent()) {
                return decision;
            }
        }
        return Optional.empty();
    }
}
