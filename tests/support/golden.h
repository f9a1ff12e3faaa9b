#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace portcullis::golden {

// tests/data/
std::filesystem::path data_folder();

// What stands in a file; fails the test if it cannot be read.
std::string read_file(const std::filesystem::path& path);

void write_file(const std::filesystem::path& path, const std::string& text);

// Makes a file look as if nobody had touched it for a minute: Postfix reads one that has changed in
// the last seconds again and again, until it has cooled down.
void age(const std::filesystem::path& path);

// Compares `actual` with the file `expected`. With PORTCULLIS_REGENERATE=1 in the environment it
// writes the file instead: read the difference before you commit it.
void compare(const std::filesystem::path& expected, const std::string& actual);

// The names of the entries of tests/data/`folder`, without the extension, in order.
std::vector<std::string> cases(const std::string& folder, const std::string& extension);

// A name that GoogleTest takes.
std::string test_name(std::string text);

// `text` with every occurrence of `from` taken out: the folder of a case.
std::string without(std::string text, const std::string& from);

// An empty folder for one test, gone when the object is.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // The path of a file in it that holds `text`.
  std::string file(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace portcullis::golden
