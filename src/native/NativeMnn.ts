export type NativeMnn = object
