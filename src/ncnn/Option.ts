/** ncnn's Option, under ncnn's own field names. Every field has to be set before `loadParam`. */
export interface Option {
  lightmode: boolean
  num_threads: number
  openmp_blocktime: number
  flush_denormals: number
  kvcache_max_seqlen_hint: number
  use_winograd_convolution: boolean
  use_winograd23_convolution: boolean
  use_winograd43_convolution: boolean
  use_winograd63_convolution: boolean
  use_sgemm_convolution: boolean
  use_packing_layout: boolean
  use_int8_inference: boolean
  use_fp16_packed: boolean
  use_fp16_storage: boolean
  use_fp16_arithmetic: boolean
  use_fp16_uniform: boolean
  use_bf16_packed: boolean
  use_bf16_storage: boolean
  use_int8_packed: boolean
  use_int8_storage: boolean
  use_int8_arithmetic: boolean
  use_int8_uniform: boolean
  use_int16_packed: boolean
  use_int16_storage: boolean
  use_a53_a55_optimized_kernel: boolean
  use_local_pool_allocator: boolean
  use_mapped_model_loading: boolean
  use_vulkan_compute: boolean
  vulkan_device_index: number
  use_subgroup_ops: boolean
  use_shader_local_memory: boolean
  use_cooperative_matrix: boolean
  use_tensor_storage: boolean
  use_weights_in_host_memory: boolean
}
