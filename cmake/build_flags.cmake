# Flags that every target of ours is built with. Libraries link portcullis_flags privately.
add_library(portcullis_flags INTERFACE)
target_include_directories(portcullis_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(portcullis_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  # g++ 12 sees overlaps in std::string that are not there (its bug 105329).
  # clang-tidy reads the same flags and does not know this one.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-unknown-warning-option>
  $<$<BOOL:${PORTCULLIS_WERROR}>:-Werror>)
# A violated precondition of the standard library stops the daemon instead of corrupting a verdict.
target_compile_definitions(portcullis_flags INTERFACE _GLIBCXX_ASSERTIONS
  PORTCULLIS_VERSION="${PROJECT_VERSION}")
if(NOT PORTCULLIS_SANITIZE)
  target_compile_options(portcullis_flags INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo>:-fstack-protector-strong -D_FORTIFY_SOURCE=2>)
endif()
target_link_options(portcullis_flags INTERFACE -Wl,-z,relro,-z,now)

if(PORTCULLIS_SANITIZE)
  target_compile_options(portcullis_flags INTERFACE
    -fsanitize=${PORTCULLIS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined
    # The instrumented code makes g++ 12 see uninitialized members in std::regex.
    -Wno-maybe-uninitialized)
  target_link_options(portcullis_flags INTERFACE -fsanitize=${PORTCULLIS_SANITIZE})
endif()
