#pragma once

#include <filesystem>
#include <string>

namespace portcullis::testing {

// Where the packages of Sendmail are unpacked: $PORTCULLIS_SENDMAIL_ROOT, else build/sendmail/root
// of the source tree (scripts/fetch-sendmail).
std::filesystem::path sendmail_root();

// A configuration made of a .mc file by Sendmail's m4 macros. Throws if they find an error.
std::string run_m4(const std::filesystem::path& source);

// Builds `map`.db of a text with makemap, replacing it. Returns what makemap complains of, empty if
// it takes everything. `configuration`: any that says whether the directory is to be trusted.
std::string make_access_map(const std::filesystem::path& map, const std::filesystem::path& text,
                            const std::filesystem::path& configuration);

}  // namespace portcullis::testing
