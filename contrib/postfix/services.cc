#include "contrib/postfix/services.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <string_view>

#include <unistd.h>

#include "host/program_output.h"

namespace portcullis {
namespace {

constexpr const char* kDaemonName = "milter_macro_daemon_name";
constexpr const char* kMilters = "smtpd_milters";
constexpr const char* kOverrides = "receive_override_options";
constexpr const char* kClientLimit = "smtpd_client_connection_count_limit";
constexpr const char* kProcessLimit = "default_process_limit";
constexpr const char* kInterfaces = "inet_interfaces";

using Settings = std::map<std::string, std::string, std::less<>>;

// One line of master.cf, in the columns of master(5).
struct MasterLine {
  std::string service;
  std::string type;
  std::string process_limit;
  std::string program;

  std::string name() const { return service + '/' + type; }
};

// "name = value" lines.
Settings parse_settings(const std::string& text) {
  constexpr std::string_view kBlanks = " \t";
  Settings settings;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::size_t name_end = line.find_last_not_of(kBlanks, equals - 1);
    const std::size_t value = line.find_first_not_of(kBlanks, equals + 1);
    settings[line.substr(0, name_end + 1)] = value == std::string::npos ? "" : line.substr(value);
  }
  return settings;
}

std::vector<MasterLine> parse_master(const std::string& text) {
  std::vector<MasterLine> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream columns(line);
    MasterLine master;
    std::string skipped;
    columns >> master.service >> master.type >> skipped >> skipped >> skipped >> skipped >>
        master.process_limit >> master.program;
    if (!master.program.empty()) all.push_back(master);
  }
  return all;
}

// 0 is "no limit" to Postfix, both for processes and for clients.
std::optional<MtaLimit> limit(const char* setting, const std::string& text) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || value == 0) return {};
  return MtaLimit{setting, value};
}

class ServiceReader {
 public:
  explicit ServiceReader(const PostconfText& text)
      : master_(parse_master(text.services)),
        overrides_(parse_settings(text.overrides)),
        settings_(parse_settings(text.settings)) {}

  std::vector<MtaService> read() const {
    std::vector<MtaService> services;
    for (const MasterLine& line : master_) {
      if (line.type != "inet") continue;
      const MasterLine* const server = smtp_server(line);
      if (server == nullptr) continue;
      if (auto service = make_service(line, *server)) services.push_back(*std::move(service));
    }
    return services;
  }

 private:
  // The line whose smtpd talks to the clients, and to milters; nothing if this is no SMTP service.
  const MasterLine* smtp_server(const MasterLine& line) const {
    if (line.program == "smtpd") return &line;
    if (line.program != "postscreen") return nullptr;
    const auto behind = std::ranges::find_if(
        master_, [](const MasterLine& m) { return m.type == "pass" && m.program == "smtpd"; });
    return behind == master_.end() ? nullptr : &*behind;
  }

  std::string setting(const MasterLine& server, const std::string& name) const {
    if (const auto own = overrides_.find(server.name() + '/' + name); own != overrides_.end()) {
      return own->second;
    }
    const auto general = settings_.find(name);
    return general == settings_.end() ? "" : general->second;
  }

  std::optional<MtaService> make_service(const MasterLine& line, const MasterLine& server) const {
    // "smtp", "127.0.0.1:10025", "[::1]:submission".
    const std::size_t colon = line.service.rfind(':');
    const auto port = port_number(line.service.substr(colon == std::string::npos ? 0 : colon + 1));
    if (!port) return {};
    MtaService service;
    service.mta = Mta::postfix;
    service.where = "Postfix service " + line.name();
    service.daemon_name = setting(server, kDaemonName);
    service.address = address(colon == std::string::npos ? "" : line.service.substr(0, colon));
    if (colon == std::string::npos) service.interfaces = interfaces();
    service.port = *port;
    service.asks_milter = !setting(server, kMilters).empty() &&
                          setting(server, kOverrides).find("no_milters") == std::string::npos;
    service.max_connections = server.process_limit == "-"
                                  ? limit(kProcessLimit, setting(server, kProcessLimit))
                                  : limit("maxproc in master.cf", server.process_limit);
    service.max_connections_per_client = limit(kClientLimit, setting(server, kClientLimit));
    return service;
  }

  // Of all services without an address. None where it is "all", or a name stands among them.
  std::vector<IpAddress> interfaces() const {
    const auto setting = settings_.find(kInterfaces);
    std::string text = setting == settings_.end() ? "all" : setting->second;
    if (text == "loopback-only") text = "127.0.0.1 ::1";
    std::ranges::replace(text, ',', ' ');
    std::vector<IpAddress> all;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
      const auto one = address(word);
      if (!one) return {};
      all.push_back(*one);
    }
    return all;
  }

  static std::optional<IpAddress> address(std::string text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    const auto parsed = IpAddress::parse(text);
    return parsed ? std::optional(*parsed) : std::nullopt;
  }

  std::vector<MasterLine> master_;
  Settings overrides_;
  Settings settings_;
};

}  // namespace

std::vector<MtaService> parse_postfix_services(const PostconfText& text) {
  return ServiceReader(text).read();
}

std::optional<std::vector<MtaService>> read_postfix_services(const std::string& directory) {
  if (access((directory + "/main.cf").c_str(), R_OK) != 0) return {};
  const auto services = program_output({"postconf", "-c", directory, "-M"});
  const auto overrides = program_output({"postconf", "-c", directory, "-xP"});
  const auto settings = program_output({"postconf", "-c", directory, "-x", kDaemonName, kMilters,
                                        kOverrides, kClientLimit, kProcessLimit, kInterfaces});
  if (!services || !overrides || !settings) return {};
  return parse_postfix_services({*services, *overrides, *settings});
}

}  // namespace portcullis
