// The direction of dependencies (ARCHITECTURE.md): data flows from text to configuration to policy
// to verdict to reply, and no folder includes from one that stands after it.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portcullis {
namespace {

namespace fs = std::filesystem;

// Folders that the files of a folder may include from, beside their own.
const std::map<std::string, std::set<std::string>>& allowed_folders() {
  static const std::map<std::string, std::set<std::string>> allowed = {
      {"policy", {}},
      {"config", {"policy"}},
      {"milter", {"config", "policy"}},
      {"formats", {"config", "policy"}},
      {"editing", {"config", "policy"}},
      {"host", {"policy"}},
      {"lint", {"config", "policy", "host"}},
      {"tls", {"config", "policy"}},
      {"contrib", {"config", "policy", "host", "tls", "editing"}},
      {"cli", {"formats", "editing", "lint", "contrib", "tls", "host", "config", "policy"}},
  };
  return allowed;
}

// Libraries that belong to one place: the pattern of the include, and the files that may have it.
const std::map<std::string, std::regex>& library_homes() {
  static const std::map<std::string, std::regex> homes = {
      {"libmilter/", std::regex("milter/.*")},
      {"ini.h", std::regex("config/ini_reader\\.cc")},
      {"spdlog/", std::regex("milter/.*")},
      {"systemd/", std::regex("milter/.*")},
      {"CLI/", std::regex("(cli/.*|milter/main\\.cc|milter/command_line\\.cc)")},
      {"nlohmann/", std::regex("(config|contrib|formats|cli|milter)/.*")},
      {"openssl/", std::regex("tls/.*")},
      {"fmt/", std::regex("(contrib|config|formats|editing|lint|milter|tls|cli)/.*")},
  };
  return homes;
}

// What is wrong with the includes of one source text that stands at `path`.
std::vector<std::string> violations(const std::string& path, const std::string& text) {
  static const std::regex include(R"(#include ([<"])([^>"]+)[>"])");
  const std::string folder = path.substr(0, path.find('/'));
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it) {
    const std::string target = (*it)[2];
    if ((*it)[1] == "\"") {
      const std::string other = target.substr(0, target.find('/'));
      if (other != folder && !allowed_folders().at(folder).contains(other)) {
        found.push_back(path + " includes " + target);
      }
      continue;
    }
    for (const auto& [library, home] : library_homes()) {
      if (target.starts_with(library) && !std::regex_match(path, home)) {
        found.push_back(path + " includes " + target);
      }
    }
  }
  return found;
}

std::string read(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Architecture, NoFolderIncludesUpward) {
  const fs::path root = PORTCULLIS_SOURCE_DIR;
  std::size_t files = 0;
  for (const auto& [folder, allowed] : allowed_folders()) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path& path = entry.path();
      if (path.extension() != ".h" && path.extension() != ".cc") continue;
      ++files;
      EXPECT_THAT(violations(fs::relative(path, root), read(path)), ::testing::IsEmpty());
    }
  }
  EXPECT_GT(files, 40u);
}

TEST(Architecture, AnUpwardIncludeIsSeen) {
  EXPECT_THAT(violations("policy/policy.cc", "#include \"config/options.h\"\n"),
              ::testing::SizeIs(1));
  EXPECT_THAT(violations("cli/explain.cc", "#include \"milter/session.h\"\n"),
              ::testing::SizeIs(1));
  EXPECT_THAT(violations("config/options.cc", "#include <libmilter/mfapi.h>\n"),
              ::testing::SizeIs(1));
  EXPECT_THAT(violations("milter/session.cc", "#include \"policy/policy.h\"\n"),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace portcullis
