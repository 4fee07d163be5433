/**
 * Arrays carry their type because `-23310=2,0.0,6.0` and `2,0,6` are different things to ncnn. `word` and `words` are
 * of a binary .param, which does not say whether they are integers or floats.
 */
export type ParamValue =
  | { readonly kind: 'int' | 'float' | 'word'; readonly value: number }
  | { readonly kind: 'ints' | 'floats' | 'words'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
