#include "cli/certificate/listener_comparison.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/certificate/certificate_text.h"

namespace portcullis {
namespace {

constexpr std::uint16_t kImplicitTlsPort = 465;  // RFC 8314 section 7.3

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::string_view without_brackets(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

std::vector<std::string> fingerprints(const std::vector<CertificateFacts>& certificates) {
  std::vector<std::string> all;
  for (const CertificateFacts& facts : certificates) all.push_back(facts.sha256);
  return all;
}

void compare(const std::string& place, const std::vector<CertificateFacts>& presented,
             const std::vector<CertificateFacts>& files, Diagnostics& found) {
  if (presented.empty()) {
    return found.error(place, 0, {}, "presents no certificate", "see its log and its configuration",
                       "presented-nothing");
  }
  if (files.empty()) return;  // said already
  const CertificateFacts& shows = presented.front();
  if (shows.sha256 != files.front().sha256) {
    return found.error(
        place, 0, shows.subject,
        fmt::format("(serial {}, until {}) is what it presents, not the certificate of {}",
                    shows.serial, date(shows.not_after), files.front().file),
        "if the file is the new one, reload the mail server; else its configuration names another",
        "presented-differs");
  }
  if (fingerprints(presented) == fingerprints(files)) return;
  found.warning(
      place, 0, {},
      fmt::format("presents {} certificates in all, and the files hold {}{}", presented.size(),
                  files.size(), presented.size() == files.size() ? " others" : ""),
      "reload the mail server, and see whether its configuration names the chain",
      "presented-chain-differs");
}

}  // namespace

void add_connect_options(Command& command, ConnectArguments& arguments) {
  command.add_option("--connect", arguments.to, "Compare with what a running listener presents")
      ->type_name("HOST:PORT");
  CommandOption* const starttls = command.add_choice(
      "--starttls", {"smtp"},
      [&arguments](std::size_t) { arguments.start = TlsStart::starttls_smtp; },
      "It starts in the clear (default but for port 465)");
  command.add_flag("--implicit", arguments.implicit, "It starts with TLS (default for port 465)")
      ->excludes(starttls);
}

Found<std::optional<TlsListener>> listener_asked_for(const ConnectArguments& arguments) {
  if (!arguments.to) {
    if (!arguments.start && !arguments.implicit) return std::nullopt;
    return tl::unexpected(failure(ExitCode::usage, "--starttls and --implicit need --connect"));
  }
  const std::string_view text = *arguments.to;
  const std::size_t colon = text.rfind(':');
  const auto port =
      colon == std::string_view::npos ? std::nullopt : port_of(text.substr(colon + 1));
  const std::string_view host = without_brackets(text.substr(0, colon));
  const bool bare_address =
      colon != std::string_view::npos && text[0] != '[' && host.find(':') != std::string_view::npos;
  if (!port || host.empty() || bare_address) {
    return tl::unexpected(failure(
        ExitCode::bad_data,
        fmt::format("--connect \"{}\" is no HOST:PORT; write mx.example.com:25, 192.0.2.1:465 or "
                    "[2001:db8::1]:25",
                    text)));
  }
  TlsListener listener;
  listener.host = std::string(host);
  listener.port = *port;
  const bool implicit = arguments.implicit || (!arguments.start && *port == kImplicitTlsPort);
  listener.start = implicit ? TlsStart::implicit : TlsStart::starttls_smtp;
  return listener;
}

ListenerComparison compare_with_listener(const TlsListener& listener,
                                         const CheckedCertificates& files) {
  ListenerComparison comparison;
  TlsListener asked = listener;
  if (!files.certificates.empty()) asked.wanted_key = files.certificates.front().key;
  auto presented = presented_certificates(asked);
  if (!presented) {
    comparison.found.add(std::move(presented.error()));
    return comparison;
  }
  comparison.answered = true;
  comparison.presented = *std::move(presented);
  compare(place_of(listener), comparison.presented.certificates, files.certificates,
          comparison.found);
  return comparison;
}

Json to_json(const TlsListener& listener, const ListenerComparison& comparison) {
  const PresentedCertificates& presented = comparison.presented;
  return {{"place", place_of(listener)},
          {"answered", comparison.answered},
          {"protocol", presented.protocol},
          {"cipher", presented.cipher},
          {"same", comparison.answered && comparison.found.by_code().empty()},
          {"certificates", to_json(presented.certificates)}};
}

std::string summary(const TlsListener& listener, const ListenerComparison& comparison) {
  const std::string place = shown(place_of(listener));
  if (!comparison.answered) return place + ": no certificate to compare with\n";
  return fmt::format("{}: presents {}, by {}\n", place,
                     comparison.found.by_code().empty() ? "the same" : "something else",
                     comparison.presented.protocol);
}

}  // namespace portcullis
