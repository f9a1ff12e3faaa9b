#include <algorithm>
#include <string>
#include <vector>

#include "formats/deciding_networks.h"
#include "formats/postfix_cidr.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

std::string_view result_of(Action action, PostfixTable table) {
  const bool denies = action == Action::deny;
  if (table == PostfixTable::postscreen) return denies ? "reject" : "permit";
  return denies ? "REJECT" : "DUNNO";
}

bool is_longer(const DecidingNetwork& a, const DecidingNetwork& b) {
  return a.network.length() > b.network.length();
}

}  // namespace

ListWriting write_postfix_cidr(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing("a Postfix cidr table", options);
  for (const ListEntry& each : entries) writing.names_addresses(each);
  std::vector<DecidingNetwork> networks = deciding_networks(entries, writing);
  if (has_both_sides(networks)) std::ranges::stable_sort(networks, is_longer);
  const ListEntry* entry = nullptr;
  for (const DecidingNetwork& network : networks) {
    // A range stands on several lines; what there is to say about it, once.
    if (network.entry != entry && !network.entry->comment.empty()) {
      writing.text() += "# " + network.entry->comment + '\n';
    }
    entry = network.entry;
    writing.text() += network.network.to_string() + '\t';
    writing.text() += result_of(network.action, options.postfix_table);
    writing.text() += '\n';
  }
  return writing.take();
}

}  // namespace portcullis
