#include "cli/certificate/certificate_text.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/diagnostic_json.h"
#include "cli/report.h"
#include "config/time_text.h"

namespace portcullis {
namespace {

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string date(const std::optional<Time>& time) {
  return time ? time_text(*time) : "?";
}

Json to_json(const CertificateFacts& facts) {
  const auto date_or_null = [](const std::optional<Time>& time) {
    return time ? Json(date(time)) : Json();
  };
  return {{"file", facts.file},
          {"line", facts.line},
          {"subject", facts.subject},
          {"issuer", facts.issuer},
          {"serial", facts.serial},
          {"names", facts.names},
          {"not_before", date_or_null(facts.not_before)},
          {"not_after", date_or_null(facts.not_after)},
          {"key", facts.key},
          {"signature", facts.signature},
          {"sha256", facts.sha256},
          {"ca", facts.is_ca},
          {"self_signed", facts.self_signed}};
}

Json to_json(const std::vector<CertificateFacts>& certificates) {
  Json all = Json::array();
  for (const CertificateFacts& facts : certificates) all.push_back(to_json(facts));
  return all;
}

std::string described(const CertificateFacts& facts) {
  std::string text = fmt::format("{}:{}\n", shown(facts.file), facts.line);
  const auto row = [&text](std::string_view name, std::string_view value) {
    text += fmt::format("  {:<10} {}\n", name, shown(value));
  };
  row("subject", facts.subject);
  row("issuer", facts.self_signed ? "itself" : facts.issuer);
  row("names", facts.names.empty() ? "none" : fmt::format("{}", fmt::join(facts.names, ", ")));
  row("valid", date(facts.not_before) + " to " + date(facts.not_after));
  row("key", facts.key + (facts.is_ca ? ", of an authority" : ""));
  row("signature", facts.signature);
  row("serial", facts.serial);
  row("sha256", facts.sha256);
  return text;
}

std::string summary(std::string_view what, const CheckedCertificates& checked) {
  std::string text = shown(what) + ": ";
  if (!checked.certificates.empty()) {
    const CertificateFacts& leaf = checked.certificates.front();
    text += fmt::format("{} until {}, {}: ", shown(leaf.subject), date(leaf.not_after),
                        counted(checked.certificates.size(), "certificate"));
  }
  const Diagnostics& found = checked.found;
  text += found.has_errors() ? counted(found.errors(), "error") : "no errors";
  if (found.warnings() > 0) text += ", " + counted(found.warnings(), "warning");
  if (found.notes() > 0) text += ", " + counted(found.notes(), "note");
  return text + '\n';
}

ExitCode exit_code(const Diagnostics& found) {
  return found.has_errors() ? ExitCode::bad_data : ExitCode::ok;
}

}  // namespace portcullis
