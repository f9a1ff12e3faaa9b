#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "formats/deciding_networks.h"
#include "formats/sendmail_access.h"
#include "formats/sendmail_address.h"
#include "formats/sendmail_names.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

// A line, before it is known where it stands.
struct AccessLine {
  const ListEntry* entry = nullptr;
  std::string key;
};

// The parts of networks for which there are keys, each with the longest network that it is a part
// of: rounding up keeps the order of lengths, so the longest prefix stays the longest.
std::map<IpPrefix, const DecidingNetwork*> parts_of(const std::vector<DecidingNetwork>& networks) {
  std::map<IpPrefix, const DecidingNetwork*> parts;
  for (const DecidingNetwork& network : networks) {
    for (std::uint32_t i = 0; i < sendmail_key_count(network.network); ++i) {
      auto& holder = parts[sendmail_part(network.network, i)];
      if (holder == nullptr || holder->network.length() < network.network.length()) {
        holder = &network;
      }
    }
  }
  return parts;
}

// False, and reported, if an entry needs too many keys.
bool within_limit(const std::vector<DecidingNetwork>& networks, Writing& writing) {
  std::map<const ListEntry*, std::uint64_t> keys;
  for (const DecidingNetwork& network : networks) {
    keys[network.entry] += sendmail_key_count(network.network);
  }
  bool within = true;
  for (const auto& [entry, count] : keys) {
    if (count <= kMaxSendmailKeys) continue;
    within = false;
    writing.refuse(*entry,
                   fmt::format("needs {} keys in a Sendmail access map, and {} are the most", count,
                               kMaxSendmailKeys),
                   "write networks whose length is a multiple of 8, or of 16 for IPv6");
  }
  return within;
}

std::string reason_to_leave_out(const IpPrefix& network, const WriteOptions& options) {
  if (!options.compressed_ipv6 || is_found_when_compressed(network)) return {};
  return "a Sendmail that compresses IPv6 addresses does not look for its zeros";
}

std::vector<AccessLine> lines_of(std::span<const ListEntry> entries, Writing& writing) {
  const WriteOptions& options = writing.options();
  const auto networks = deciding_networks(
      entries, writing,
      [&](const ListEntry&, const IpPrefix& each) { return reason_to_leave_out(each, options); });
  std::vector<AccessLine> lines;
  for (const SendmailDomain& domain : sendmail_domains(entries, writing)) {
    lines.push_back({domain.entry, std::string(domain.name)});
  }
  if (!within_limit(networks, writing)) return {};
  for (const auto& [part, network] : parts_of(networks)) {
    lines.push_back({network->entry, sendmail_key(part, options.compressed_ipv6)});
  }
  std::ranges::stable_sort(lines, {}, &AccessLine::entry);
  return lines;
}

}  // namespace

ListWriting write_sendmail_access(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing("a Sendmail access map", options);
  const ListEntry* entry = nullptr;
  for (const AccessLine& line : lines_of(entries, writing)) {
    // Many keys may belong to an entry; what there is to say about it, once.
    if (line.entry != entry && !line.entry->comment.empty()) {
      writing.text() += "# " + line.entry->comment + '\n';
    }
    entry = line.entry;
    const bool denies = writing.action_of(*entry) == Action::deny;
    writing.text() += fmt::format("Connect:{}\t{}\n", line.key, denies ? "REJECT" : "OK");
  }
  return writing.take();
}

}  // namespace portcullis
