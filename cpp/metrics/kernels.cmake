# The comparison's loops, once for each instruction set; metrics/kernels.cpp chooses at run time. They are
# worth -O3 in a sanitized build too, and the shared precompiled header is of another instruction set.
set(kernel_sources metrics/kernels_baseline.cpp)
set(kernel_options -O3 -fopenmp-simd -fno-math-errno -fno-trapping-math)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  list(APPEND kernel_sources metrics/kernels_avx2.cpp metrics/kernels_avx512.cpp)
  set_property(SOURCE metrics/kernels_avx2.cpp APPEND PROPERTY COMPILE_OPTIONS -mavx2 -mfma)
  set_property(SOURCE metrics/kernels_avx512.cpp APPEND PROPERTY COMPILE_OPTIONS
    -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma)
else()
  get_target_property(sources twinfer_core SOURCES)
  list(FILTER sources EXCLUDE REGEX "/metrics/kernels_avx")
  set_property(TARGET twinfer_core PROPERTY SOURCES ${sources})
endif()
set_property(SOURCE ${kernel_sources} APPEND PROPERTY COMPILE_OPTIONS ${kernel_options})
set_property(SOURCE ${kernel_sources} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
