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

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "?";
}

std::string format(const Diagnostic& d) {
  std::string out = printable(d.file, kMaxPath);
  if (d.line > 0) out += fmt::format(":{}", d.line);
  out += fmt::format(": {}: ", to_string(d.severity));
  if (!d.culprit.empty()) out += fmt::format("\"{}\" ", printable(d.culprit, kMaxCulprit));
  out += printable(d.reason, kMaxClause);
  if (!d.repair.empty()) out += "\n    " + printable(d.repair, kMaxClause);
  return out;
}

void Diagnostics::add(Diagnostic diagnostic) {
  const auto severity = static_cast<std::size_t>(diagnostic.severity);
  ++totals_[severity];
  ++codes_[{diagnostic.severity, diagnostic.code}];
  auto& file = files_.try_emplace(diagnostic.file, FileCount{files_.size()}).first->second;
  if (++file.kept[severity] <= kMaxKeptPerFile) kept_.push_back(std::move(diagnostic));
}

void Diagnostics::count_more(Severity severity, std::string_view code, std::size_t count) {
  if (count == 0) return;
  totals_[static_cast<std::size_t>(severity)] += count;
  codes_[{severity, code}] += count;
  counted_only_[{severity, code}] += count;
}

void Diagnostics::add_all(const Diagnostics& others) {
  Counts sum = totals_;
  auto codes = codes_;
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += others.totals_[i];
  for (const auto& [code, count] : others.codes_) codes[code] += count;
  for (const auto& [code, count] : others.counted_only_) counted_only_[code] += count;
  for (Diagnostic& diagnostic : others.sorted()) add(std::move(diagnostic));
  totals_ = sum;
  codes_ = std::move(codes);
}

void Diagnostics::error(std::string file, std::uint32_t line, std::string culprit,
                        std::string reason, std::string repair, std::string_view code) {
  add({Severity::error, std::move(file), line, std::move(culprit), std::move(reason),
       std::move(repair), code});
}

void Diagnostics::warning(std::string file, std::uint32_t line, std::string culprit,
                          std::string reason, std::string repair, std::string_view code) {
  add({Severity::warning, std::move(file), line, std::move(culprit), std::move(reason),
       std::move(repair), code});
}

void Diagnostics::note(std::string file, std::uint32_t line, std::string culprit,
                       std::string reason, std::string repair, std::string_view code) {
  add({Severity::note, std::move(file), line, std::move(culprit), std::move(reason),
       std::move(repair), code});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> all = kept_;
  std::ranges::stable_sort(
      all, {}, [this](const Diagnostic& d) { return std::pair(files_.at(d.file).order, d.line); });
  return all;
}

std::vector<CodeCount> Diagnostics::by_code() const {
  std::vector<CodeCount> all;
  all.reserve(codes_.size());
  for (const auto& [code, count] : codes_) all.push_back({code.second, code.first, count});
  return all;
}

std::string Diagnostics::format_all() const {
  std::string out;
  for (const Diagnostic& d : sorted()) out += format(d) + '\n';
  std::size_t dropped = errors() + warnings() + notes() - kept_.size();
  for (const auto& [code, count] : counted_only_) {
    out += fmt::format("and {} more: {}\n", count, code.second);
    dropped -= count;
  }
  if (dropped > 0) out += fmt::format("{} more not shown\n", dropped);
  return out;
}

}  // namespace portcullis
