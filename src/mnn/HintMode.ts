/** Interpreter::HintMode, those that a Session reads. All take one number, CPU_CORE_IDS an array. */
export const HintMode = {
  MAX_TUNING_NUMBER: 0,
  MEM_ALLOCATOR_TYPE: 2,
  /** 0 turns Winograd convolutions off, 3 is the default. */
  WINOGRAD_MEMORY_LEVEL: 3,
  GEOMETRY_COMPUTE_MASK: 4,
  DYNAMIC_QUANT_OPTIONS: 5,
  CPU_LITTLECORE_DECREASE_RATE: 6,
  ATTENTION_OPTION: 7,
  KVCACHE_SIZE_LIMIT: 8,
  OP_ENCODER_NUMBER_FOR_COMMIT: 9,
  MMAP_FILE_SIZE: 11,
  INIT_THREAD_NUMBER: 13,
  CPU_CORE_IDS: 14,
  CPU_SME2_INSTRUCTIONS: 15,
  CPU_ENABLE_KLEIDIAI: 16,
  CPU_SME2_NEON_DIVISION_RATIO: 17,
  CPU_SME_CORES: 18,
} as const

export type HintMode = (typeof HintMode)[keyof typeof HintMode]
