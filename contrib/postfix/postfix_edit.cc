#include "contrib/postfix/postfix_edit.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include "policy/printable.h"

#include "editing/staged_file.h"
#include "host/program_run.h"

namespace portcullis {
namespace {

// A file that is there keeps its owner and mode: smtpd reads what its group may read. What is
// secret is for nobody else all the same.
constexpr FileModes kPublic{.fresh = 0644};
constexpr FileModes kSecret{.fresh = 0600, .most = 0770};

class Editor {
 public:
  Editor(const std::string& directory, const PostfixChanges& changes)
      : directory_(directory), changes_(changes) {}

  tl::expected<void, Diagnostics> edit() && {
    if (changes_.steps.empty()) return {};
    edit_services();
    edit_settings();
    for (const PostfixStep& step : changes_.steps) {
      if (step.cell.setting.empty()) edit_file(step);
    }
    if (!problems_.has_errors()) {
      write_file(kAppliedRecord, to_json(changes_.record), kSecret);
    }
    if (problems_.has_errors()) return tl::unexpected(std::move(problems_));
    return {};
  }

 private:
  // What goes, goes first: two services on one port would be in each other's way. postconf(1) waits
  // for the next second if it has edited a file in this one, so that it is asked as seldom as can
  // be.
  void edit_services() {
    std::vector<std::string> gone;
    std::vector<std::string> made;
    for (const auto& [name, line] : changes_.services) {
      if (line.empty()) gone.push_back(name);
      if (!line.empty()) made.push_back(name + '=' + line);
    }
    postconf("-MX", gone);
    postconf("-M", made);
  }

  void edit_settings() {
    std::vector<std::string> values;
    std::vector<std::string> names;
    for (const PostfixStep& step : changes_.steps) {
      if (step.cell.file != "main.cf") continue;
      if (step.after) values.push_back(step.cell.setting + '=' + *step.after);
      if (!step.after) names.push_back(step.cell.setting);
    }
    postconf("-e", values);
    postconf("-X", names);
  }

  void postconf(const std::string& action, const std::vector<std::string>& arguments) {
    if (arguments.empty() || problems_.has_errors()) return;
    std::vector<std::string> command = {"postconf", "-c", directory_, action};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto run = run_program(command);
    if (run && run->succeeded()) return;
    problems_.error(directory_, 0, "postconf " + action,
                    run ? "failed: " + printable(run->errors, 400) : "cannot be run", {},
                    "edit-failed");
  }

  void edit_file(const PostfixStep& step) {
    if (problems_.has_errors()) return;
    const std::string path = directory_ + '/' + step.cell.file;
    std::error_code error;
    if (step.after) {
      std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
      write_file(step.cell.file, *step.after, step.secret ? kSecret : kPublic);
    } else if (unlink(path.c_str()) != 0 && errno != ENOENT) {
      fail(path, "cannot be removed");
    }
  }

  void fail(const std::string& path, const std::string& what) {
    problems_.error(path, 0, {}, what + ": " + std::strerror(errno), {}, "edit-failed");
  }

  // The old file or the new one, whole, whatever happens.
  void write_file(const std::string& name, const std::string& text, const FileModes& modes) {
    const std::string path = directory_ + '/' + name;
    const std::string aside = path + ".new";
    unlink(aside.c_str());
    if (const auto written = write_beside(path, aside, text, modes); !written) {
      problems_.error(path, 0, {}, written.error().reason, written.error().repair, "edit-failed");
    } else if (rename(aside.c_str(), path.c_str()) != 0) {
      fail(path, "cannot be replaced");
    }
    if (problems_.has_errors()) unlink(aside.c_str());
  }

  std::string directory_;
  const PostfixChanges& changes_;
  Diagnostics problems_;
};

}  // namespace

tl::expected<void, Diagnostics> make_changes(const std::string& directory,
                                             const PostfixChanges& changes) {
  return Editor(directory, changes).edit();
}

std::optional<std::string> read_config_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) return {};
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace portcullis
