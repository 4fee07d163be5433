/** Arrays carry their type because `-23310=2,0.0,6.0` and `2,0,6` are different things to ncnn. */
export type ParamValue =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  /** Of a binary .param, which does not say whether its words are integers or floats. */
  | { readonly kind: 'word'; readonly value: number; readonly float: number }
  | { readonly kind: 'words'; readonly value: readonly number[]; readonly floats: readonly number[] }
