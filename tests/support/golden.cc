#include "tests/support/golden.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace portcullis::golden {

namespace fs = std::filesystem;

fs::path data_folder() {
  return fs::path(PORTCULLIS_SOURCE_DIR) / "tests" / "data";
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  EXPECT_TRUE(out.good()) << path;
}

void age(const fs::path& path) {
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::minutes(1));
}

void compare(const fs::path& expected, const std::string& actual) {
  if (std::getenv("PORTCULLIS_REGENERATE") != nullptr) {
    write_file(expected, actual);
    return;
  }
  ASSERT_TRUE(fs::exists(expected))
      << expected << " is missing: run with PORTCULLIS_REGENERATE=1 to write it";
  EXPECT_EQ(read_file(expected), actual)
      << "if this is right, run with PORTCULLIS_REGENERATE=1 to write " << expected;
}

std::vector<std::string> cases(const std::string& folder, const std::string& extension) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(data_folder() / folder)) {
    if (entry.path().extension() == extension) names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  return names;
}

std::string test_name(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return text;
}

std::string without(std::string text, const std::string& from) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    text.erase(at, from.size());
  }
  return text;
}

ScratchFolder::ScratchFolder() {
  std::string pattern = fs::temp_directory_path() / "portcullis-test-XXXXXX";
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string ScratchFolder::file(const std::string& name, const std::string& text) const {
  write_file(path_ / name, text);
  return path_ / name;
}

}  // namespace portcullis::golden
