#include "config/diagnostic.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "policy/printable.h"

namespace portcullis {
namespace {

constexpr std::size_t kMaxCulprit = 100;
constexpr std::size_t kMaxClause =
    1000;                               // a reason or a repair: long enough for every list of names
constexpr std::size_t kMaxPath = 4096;  // PATH_MAX

}  // namespace

std::string format(const Diagnostic& d) {
  std::string out = printable(d.file, kMaxPath);
  if (d.line > 0) out += fmt::format(":{}", d.line);
  out += d.severity == Severity::error ? ": error: " : ": warning: ";
  if (!d.culprit.empty()) out += fmt::format("\"{}\" ", printable(d.culprit, kMaxCulprit));
  out += printable(d.reason, kMaxClause);
  if (!d.repair.empty()) out += "\n    " + printable(d.repair, kMaxClause);
  return out;
}

void Diagnostics::add(Diagnostic diagnostic) {
  const bool is_error = diagnostic.severity == Severity::error;
  ++(is_error ? errors_ : warnings_);
  auto& file = files_.try_emplace(diagnostic.file, FileCount{files_.size()}).first->second;
  std::size_t& kept = is_error ? file.errors : file.warnings;
  if (++kept <= kMaxKeptPerFile) kept_.push_back(std::move(diagnostic));
}

void Diagnostics::error(std::string file, std::uint32_t line, std::string culprit,
                        std::string reason, std::string repair) {
  add({Severity::error, std::move(file), line, std::move(culprit), std::move(reason),
       std::move(repair)});
}

void Diagnostics::warning(std::string file, std::uint32_t line, std::string culprit,
                          std::string reason, std::string repair) {
  add({Severity::warning, std::move(file), line, std::move(culprit), std::move(reason),
       std::move(repair)});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> all = kept_;
  std::ranges::stable_sort(
      all, {}, [this](const Diagnostic& d) { return std::pair(files_.at(d.file).order, d.line); });
  return all;
}

std::string Diagnostics::format_all() const {
  std::string out;
  for (const Diagnostic& d : sorted()) out += format(d) + '\n';
  if (const std::size_t dropped = errors_ + warnings_ - kept_.size(); dropped > 0) {
    out += fmt::format("{} more not shown\n", dropped);
  }
  return out;
}

}  // namespace portcullis
