package dev.finops.azure.export.plan;

/**
 * The next step of one object, and the rule that decided it.
 *
 * @param rule the name of the rule, for the log
 * @param why why the rule holds, in one sentence
 */
public record Decision(String rule, String why, Step step) {}
