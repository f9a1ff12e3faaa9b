#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>
#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis::sendmail {

inline constexpr mode_t kPublicFile = 0644;
inline constexpr mode_t kSecretFile = 0600;

// What stands in a file; nothing if it is not there or cannot be read.
std::optional<std::string> read_if_there(const std::string& path);

// Makes the file hold the text, at once or not at all. One that is there keeps its owner and mode,
// and one that holds the text already is not touched; a new one gets `mode`.
tl::expected<void, Diagnostic> put_file(const std::string& path, std::string_view text,
                                        mode_t mode);

// The same for a file with a password: its mode is kSecretFile whatever it was, and no copy of it
// is kept beside it; one that an edit has left there gets the mode too. It keeps its owner.
tl::expected<void, Diagnostic> put_secret_file(const std::string& path, std::string_view text);

// Whether others than its owner may read or write the file, if it is there.
bool is_open_to_others(const std::string& path);

// Gone, or a diagnostic; one that is not there is fine.
tl::expected<void, Diagnostic> remove_file(const std::string& path);

}  // namespace portcullis::sendmail
