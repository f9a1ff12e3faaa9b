#include "contrib/saslauthd_password.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "config/text_file.h"

namespace portcullis {
namespace {

// What read_text_file() says of an empty file is for files that may hold nothing.
bool is_empty_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) &&
         std::filesystem::file_size(path, ignored) == 0;
}

bool survives(const std::string& password) {
  return !password.empty() && password.front() != ' ' && password.back() != ' ' &&
         std::ranges::all_of(password, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

tl::expected<std::string, Problem> read_saslauthd_password(const std::string& path) {
  std::string first;
  if (!is_empty_file(path)) {
    auto file = read_text_file(path, TextFileKind::policy);
    if (!file) return tl::unexpected(std::move(file.error().problem));
    first = file->text.substr(0, file->text.find_first_of("\r\n"));
  }
  if (survives(first)) return first;
  return tl::unexpected(Problem{"has no password in its first line that saslauthd.conf can hold",
                                "write one of printable ASCII, without a blank at its ends"});
}

}  // namespace portcullis
