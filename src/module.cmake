# SPDX-License-Identifier: Apache-2.0
# How a module, a test and a fuzz target are declared.

add_library(skyden_warnings INTERFACE)
target_compile_options(skyden_warnings INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Werror
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
if(SKYDEN_UNITY)
  # What a file calls its own hides nothing of its neighbours.
  target_compile_options(skyden_warnings INTERFACE -Wno-shadow)
endif()

if(SKYDEN_SANITIZE STREQUAL "address")
  # What the sanitizers add keeps GCC from seeing that a variant holds what it says.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
    -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=address,undefined)
elseif(SKYDEN_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
  # First in every link: it wraps what Abseil's threads meet at.
  add_library(skyden_tsan SHARED ${PROJECT_SOURCE_DIR}/tests/sanitize/absl_sync.cc)
  target_include_directories(skyden_tsan PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(skyden_tsan PRIVATE -fno-sanitize=all)
  target_link_libraries(skyden_tsan PRIVATE absl::status absl::synchronization ${CMAKE_DL_LIBS})
  link_libraries(skyden_tsan)
elseif(NOT SKYDEN_SANITIZE STREQUAL "")
  message(FATAL_ERROR "SKYDEN_SANITIZE is '${SKYDEN_SANITIZE}'; it takes address or thread")
endif()
if(SKYDEN_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "SKYDEN_FUZZ needs clang: cmake -DCMAKE_CXX_COMPILER=clang++-14 ...")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(SKYDEN_HARDENED)
  # What Debian's own packages are compiled with, and no folder's name in what comes of it.
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection -U_FORTIFY_SOURCE
    -D_FORTIFY_SOURCE=2 -Wformat -Werror=format-security
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
endif()

# Headers of libraries, read once for all that is ours. What is compiled with them needs the same
# flags, and gets those of the libraries that stand in them.
add_compile_options(-pthread)
function(skyden_precompiled name header)
  set(source ${PROJECT_BINARY_DIR}/precompiled/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${name} OBJECT ${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE fmt::fmt absl::any_invocable absl::flat_hash_map absl::function_ref
    absl::statusor absl::synchronization absl::time Catch2::Catch2 skyden_warnings)
  target_precompile_headers(${name} PRIVATE ${PROJECT_SOURCE_DIR}/${header})
endfunction()
if(SKYDEN_PRECOMPILED_HEADERS)
  skyden_precompiled(skyden_precompiled_sources src/precompiled.h)
  skyden_precompiled(skyden_precompiled_tests tests/precompiled.h)
endif()
function(skyden_use_precompiled target of)
  if(SKYDEN_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM skyden_precompiled_${of})
    # GCC forgets that what it read once came from the system's headers, and warns of what it inlines.
    target_compile_options(${target} PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess;-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>)
  endif()
endfunction()

# skyden_module(store SRCS store.cc ... DEPS skyden_model SQLite::SQLite3)
function(skyden_module name)
  cmake_parse_arguments(M "" "" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(skyden_${name} STATIC ${M_SRCS})
  target_include_directories(skyden_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                            PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(skyden_${name} PUBLIC ${M_DEPS}
                                       PRIVATE ${M_PRIVATE_DEPS} skyden_warnings)
  skyden_use_precompiled(skyden_${name} sources)
endfunction()

# skyden_test(store SRCS a_test.cc b_test.cc DEPS skyden_store [LABEL slow] [TIMEOUT seconds]
#             [RUN x.sh [argument...]])
# One executable; ctest runs it whole, under the label `fast` unless another is named. It exits with
# 77 when it skipped all (tests/skip.h). RUN: a script of tests/ that runs it.
function(skyden_test name)
  cmake_parse_arguments(T "" "LABEL;TIMEOUT" "SRCS;DEPS;RUN" ${ARGN})
  if(NOT T_LABEL)
    set(T_LABEL fast)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  if(SKYDEN_SANITIZE)
    math(EXPR T_TIMEOUT "${T_TIMEOUT} * 10")
  endif()
  add_executable(${name}_test ${T_SRCS})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name}_test PRIVATE skyden_test_main ${T_DEPS} skyden_warnings)
  skyden_use_precompiled(${name}_test tests)
  if(T_RUN)
    list(POP_FRONT T_RUN script)
    add_test(NAME ${name}
      COMMAND ${PROJECT_SOURCE_DIR}/tests/${script} ${T_RUN} $<TARGET_FILE:${name}_test>)
  else()
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
  set_tests_properties(${name} PROPERTIES
    LABELS "${T_LABEL}" TIMEOUT ${T_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()

# skyden_preloaded(name source.cc): a library that a test loads before everything else, a sanitizer's
# runtime too: it has none itself.
function(skyden_preloaded name source)
  add_library(${name} MODULE ${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE skyden_warnings ${CMAKE_DL_LIBS})
  if(SKYDEN_SANITIZE)
    target_compile_options(${name} PRIVATE -fno-sanitize=all)
    target_link_options(${name} PRIVATE -fno-sanitize=all)
    set_property(TARGET ${name} PROPERTY LINK_LIBRARIES skyden_warnings ${CMAKE_DL_LIBS})
  endif()
endfunction()

# skyden_fuzz(name SRCS x_fuzz.cc DEPS ...): a libFuzzer target with its corpus under
# tests/fuzz/corpus/<name>. Linked only with -DSKYDEN_FUZZ=ON; compiled always, so that it keeps up.
function(skyden_fuzz name)
  cmake_parse_arguments(F "" "" "SRCS;DEPS" ${ARGN})
  if(SKYDEN_FUZZ)
    add_executable(${name}_fuzz ${F_SRCS})
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
  else()
    add_library(${name}_fuzz OBJECT ${F_SRCS})
  endif()
  target_include_directories(${name}_fuzz PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name}_fuzz PRIVATE ${F_DEPS} skyden_warnings)
endfunction()
