# The loops of resampling, once for each instruction set; preprocess/convolve.cpp chooses at run time. They are
# compiled with -O3 in a sanitized build too, and the shared precompiled header is of another instruction set.
set(convolve_sources preprocess/convolve_baseline.cpp preprocess/convolve_avx2.cpp)
set_property(SOURCE ${convolve_sources} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
set_property(SOURCE ${convolve_sources} PROPERTY COMPILE_OPTIONS -O3)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set_property(SOURCE preprocess/convolve_avx2.cpp APPEND PROPERTY COMPILE_OPTIONS -mavx2)
endif()
