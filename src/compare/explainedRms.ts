/**
 * Up to how many times the root mean square error of an output an error is taken to be noise, when argmax flips
 * are judged. Of normally distributed errors 1 in 16 000 is beyond four times; one hot class whose error is far
 * above all others' is not explained by itself.
 */
export const explainedRms = 4
