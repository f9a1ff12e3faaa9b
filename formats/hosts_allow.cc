#include "formats/hosts_allow.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "formats/hosts_line.h"
#include "formats/hosts_pattern.h"
#include "formats/letters.h"
#include "formats/raw_lines.h"
#include "formats/reading.h"

namespace portcullis {
namespace {

// The texts of what holds all that `listed` names, itself first: wider networks, or domains above.
std::vector<std::string> holders(const Listed& listed) {
  std::vector<std::string> texts = {to_string(listed)};
  if (const auto* network = std::get_if<IpPrefix>(&listed)) {
    for (unsigned length = network->length(); length-- > 1;) {
      texts.push_back(IpPrefix(network->first(), length).to_string());
    }
    return texts;
  }
  std::string_view name = texts.front();
  const bool domain = name.starts_with('.');
  if (domain) name.remove_prefix(1);
  std::vector<std::string> above;
  if (!domain) above.push_back(fmt::format(".{}", name));
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    name.remove_prefix(dot + 1);
    above.push_back(fmt::format(".{}", name));
  }
  texts.insert(texts.end(), above.begin(), above.end());
  return texts;
}

// A client of a line: level 0 is listed, level 1 excepted, level 2 excepted from that.
struct Client {
  ListEntry entry;
  std::string written;
  std::size_t level = 0;

  bool is_exception() const { return level % 2 == 1; }
};

// Clients by the text of what they name.
class Holders {
 public:
  void add(const Client& client) { by_text_[to_string(client.entry.listed)].push_back(&client); }

  // Those that hold all that `client` names, the narrowest first; itself too.
  std::vector<const Client*> of(const Client& client) const {
    std::vector<const Client*> found;
    for (const std::string& text : holders(client.entry.listed)) {
      const auto same = by_text_.find(text);
      if (same != by_text_.end())
        found.insert(found.end(), same->second.begin(), same->second.end());
    }
    return found;
  }

 private:
  std::map<std::string, std::vector<const Client*>> by_text_;
};

// What lines without an option do, by the name of their file.
std::optional<Action> action_by_name(std::string_view file) {
  if (file.ends_with("hosts.allow")) return Action::permit;
  if (file.ends_with("hosts.deny")) return Action::deny;
  return {};
}

// Finds names that decide before the addresses of a line below: in a class an address entry
// decides, and a name only where there is none. Clients come in the order of the file.
class NamesBeforeAddresses {
 public:
  void add(const Client& client, Reading& reading) {
    const bool is_name = std::holds_alternative<ListedName>(client.entry.listed);
    if (is_name && !client.is_exception()) {
      names_.try_emplace(client.entry.action, &client);  // the first stands for all of its action
    } else if (!is_name) {
      std::erase_if(names_, [&](const auto& name) { return warn(*name.second, client, reading); });
    }
  }

 private:
  // True if it was said; once is enough.
  static bool warn(const Client& name, const Client& address, Reading& reading) {
    if (name.entry.action == address.entry.action || name.entry.line == address.entry.line) {
      return false;
    }
    reading.repair(name.entry.line, name.written,
                   {fmt::format("comes before \"{}\" of line {}, which says otherwise; in a class "
                                "an address entry decides, and a name only where there is none",
                                address.written, address.entry.line),
                    "write the addresses of these hosts if they are to come first"});
    return true;
  }

  std::map<std::optional<Action>, const Client*> names_;
};

class HostsFile {
 public:
  explicit HostsFile(const ReadOptions& options)
      : reading_(options), action_(action_by_name(options.file)) {}

  void read(const HostsLine& line) {
    if (!reading_.is_readable(line.text, line.number)) return;
    const auto parts = split_hosts_line(line.text);
    if (parts.size() < 2) {
      return refuse(line, line.text,
                    {"has no colon between daemons and clients", "write smtpd: and the clients"});
    }
    if (!is_for_us(line, parts[0])) return;
    if (!has_known_option(line, parts)) return;
    read_clients(line, parts[1], action_of(parts));
  }

  ListReading finish() {
    for (const Client& client : clients_) all_.add(client);
    for (const Client& client : clients_) settle(client);
    return reading_.take();
  }

 private:
  void refuse(const HostsLine& line, std::string_view culprit, Problem problem) {
    reading_.refuse(line.number, strip(culprit), std::move(problem));
  }

  bool is_wanted(std::string_view daemon) const {
    return std::ranges::any_of(reading_.options().daemons, [&](const std::string& wanted) {
      return same_word(daemon.substr(0, daemon.find('@')), wanted);
    });
  }

  // Whether a line is for one of the daemons that were asked for; says so if it is not.
  bool is_for_us(const HostsLine& line, std::string_view daemons) {
    const auto levels = split_hosts_list(daemons);
    const auto wanted =
        std::ranges::find_if(levels[0], [&](std::string_view daemon) { return is_wanted(daemon); });
    if (wanted == levels[0].end()) {
      reading_.note(line.number, daemons, {"is no daemon that was asked for", "left out"});
      return false;
    }
    if (wanted->find('@') != std::string_view::npos) {
      refuse(line, *wanted,
             {"is for one address of this host only",
              "import it into a class of the listener with that address"});
      return false;
    }
    for (std::size_t level = 1; level < levels.size(); ++level) {
      const auto excepted = std::ranges::find_if(
          levels[level], [&](std::string_view daemon) { return is_wanted(daemon); });
      if (excepted == levels[level].end()) continue;
      refuse(line, *excepted,
             {"is excepted from a line for other daemons that were asked for",
              "name the daemon that is meant with --daemon"});
      return false;
    }
    return true;
  }

  // Whether what stands behind the clients, if anything does, is ALLOW or DENY; else it is refused.
  bool has_known_option(const HostsLine& line, const std::vector<std::string_view>& parts) {
    if (parts.size() == 2) return true;
    if (parts.size() == 3 && (same_word(parts[2], "allow") || same_word(parts[2], "deny"))) {
      return true;
    }
    const std::string_view rest = strip(std::string_view(line.text).substr(
        static_cast<std::size_t>(parts[1].data() - line.text.data())));
    if (IpAddress::parse(rest.substr(0, rest.find('/')))) {
      refuse(line, rest,
             {"is an IPv6 address without brackets, where a colon ends the clients",
              "write it in brackets: [2001:db8::1], [2001:db8::]/32"});
    } else {
      refuse(line, parts[2],
             {"is a shell command or an option: it is not run, and its line not "
              "read",
              "remove it, or write ALLOW or DENY"});
    }
    return false;
  }

  // Nothing: neither the option behind the clients nor the name of the file says it.
  std::optional<Action> action_of(const std::vector<std::string_view>& parts) const {
    if (parts.size() == 2) return action_;
    return same_word(parts[2], "allow") ? Action::permit : Action::deny;
  }

  void warn_of_open_action(const HostsLine& line) {
    if (std::exchange(warned_of_open_action_, true)) return;
    reading_.repair(line.number, strip(line.text),
                    {"says neither ALLOW nor DENY, and the text is not called hosts.allow or "
                     "hosts.deny: such lines do what the class does that takes them",
                     "see that this is what they did, or read them from a file of that name"});
  }

  void read_clients(const HostsLine& line, std::string_view list, std::optional<Action> action) {
    const auto levels = split_hosts_list(list);
    if (levels.back().empty() || levels[0].empty()) {
      return refuse(line, line.text, {"has no clients where some were expected", {}});
    }
    if (levels.size() > 1 && !action) {
      return refuse(line, line.text,
                    {"has exceptions, and nothing says whether it allows or denies",
                     "write ALLOW or DENY behind it, or call the file hosts.allow or hosts.deny"});
    }
    if (!action) warn_of_open_action(line);
    std::vector<Client> clients;
    bool complete = true;
    for (std::size_t level = 0; level < levels.size(); ++level) {
      for (const std::string_view word : levels[level]) {
        auto client = read_client(line, word, level, action);
        complete = complete && client;
        if (client) clients.push_back(*std::move(client));
      }
    }
    if (levels.size() > 1 && !(complete && is_nested(line, clients))) {
      return refuse(line, line.text,
                    {"is left out: a line with EXCEPT is read as a whole or not at all", {}});
    }
    clients_.insert(clients_.end(), clients.begin(), clients.end());
  }

  std::optional<Client> read_client(const HostsLine& line, std::string_view word, std::size_t level,
                                    std::optional<Action> action) {
    auto pattern = parse_hosts_pattern(word);
    if (pattern && pattern->warning && reading_.options().strict) {
      pattern = tl::unexpected(*std::move(pattern->warning));
    }
    if (!pattern) {
      refuse(line, word, std::move(pattern.error()));
      return {};
    }
    if (pattern->warning) reading_.repair(line.number, word, *std::move(pattern->warning));
    const Action other = action == Action::deny ? Action::permit : Action::deny;
    Client client;
    client.entry.listed = std::move(pattern->listed);
    client.entry.action = level % 2 == 0 ? action : other;
    client.entry.line = line.number;
    client.written = word;
    client.level = level;
    return client;
  }

  // Whether the longest prefix says of every client what the nesting does.
  bool is_nested(const HostsLine& line, const std::vector<Client>& clients) {
    Holders in_line;
    for (const Client& client : clients) in_line.add(client);
    bool nested = true;
    for (const Client& client : clients) {
      nested = is_nested(line, client, in_line.of(client)) && nested;
    }
    return nested;
  }

  bool is_nested(const HostsLine& line, const Client& client,
                 const std::vector<const Client*>& around) {
    const auto excepting = std::ranges::find_if(around, [&](const Client* other) {
      return other->level > client.level && other->is_exception() != client.is_exception();
    });
    if (excepting != around.end()) {
      refuse(line, client.written,
             {fmt::format("is all excepted by \"{}\"", (*excepting)->written),
              "remove it, or the exception"});
      return false;
    }
    const bool inside = std::ranges::any_of(
        around, [&](const Client* other) { return other->level + 1 == client.level; });
    if (client.level == 0 || inside) return true;
    refuse(line, client.written,
           {"is no part of what it is excepted from", "remove it, or write it where it belongs"});
    return false;
  }

  // Adds a client, unless another line has a different say about it. In a file the first line that
  // matches decides, and an exception only keeps its own line from matching.
  void settle(const Client& client) {
    std::set<std::uint32_t> lines = {client.entry.line};
    for (const Client* other : all_.of(client)) {
      const bool innermost = lines.insert(other->entry.line).second;
      if (!innermost || other->is_exception()) continue;
      if (other->entry.action == client.entry.action) continue;
      if (client.is_exception()) {
        return reading_.refuse(
            client.entry.line, client.written,
            {fmt::format("is excepted here, and line {} lists it all the same", other->entry.line),
             "write the exception in both lines, or in neither"});
      }
      if (other->entry.line < client.entry.line) {
        return reading_.note(
            client.entry.line, client.written,
            {fmt::format("never decides, because line {} comes first", other->entry.line),
             "left out"});
      }
    }
    order_.add(client, reading_);
    reading_.add(client.entry);
  }

  Reading reading_;
  std::optional<Action> action_;  // of lines without an option
  bool warned_of_open_action_ = false;
  std::vector<Client> clients_;
  Holders all_;  // of clients_, when they are complete
  NamesBeforeAddresses order_;
};

}  // namespace

ListReading read_hosts_allow(std::string_view text, const ReadOptions& options) {
  HostsFile file(options);
  HostsLines lines(text.substr(text.starts_with("\xef\xbb\xbf") ? 3 : 0));
  while (const auto line = lines.next()) file.read(*line);
  return file.finish();
}

}  // namespace portcullis
