set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# cmake-js overrides CMAKE_CXX_FLAGS, so options are added here, to this project's code only.
set(TWINFER_SANITIZE OFF CACHE STRING "memory: AddressSanitizer and UndefinedBehaviorSanitizer; threads: ThreadSanitizer")
add_compile_options(-Wall -Wextra)
# For --gc-sections, which drops what nothing calls.
add_compile_options(-ffunction-sections -fdata-sections)
if(TWINFER_SANITIZE STREQUAL "memory")
  # enum: flatbuffers' accessors cast whatever a damaged file holds; the verifier's job is to look at it.
  # vptr: MNN is built without the type information that this check reads.
  set(twinfer_sanitizers -fsanitize=address,undefined)
  add_compile_options(${twinfer_sanitizers} -fno-sanitize=vptr,enum)
elseif(TWINFER_SANITIZE STREQUAL "threads")
  set(twinfer_sanitizers -fsanitize=thread)
  add_compile_options(${twinfer_sanitizers})
elseif(TWINFER_SANITIZE)
  # An older folder's cache says ON: it would be built without any, and pass.
  message(FATAL_ERROR "expected memory, threads or OFF for TWINFER_SANITIZE, received ${TWINFER_SANITIZE}")
endif()
if(TWINFER_SANITIZE)
  add_compile_options(-fno-omit-frame-pointer -g -O1)
  add_link_options(${twinfer_sanitizers})
endif()
