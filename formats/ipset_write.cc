#include <algorithm>
#include <bit>
#include <map>
#include <string>

#include <fmt/format.h>

#include "config/time_text.h"

#include "formats/filter_sets.h"
#include "formats/ipset.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

constexpr std::size_t kMaxName = 31;      // IPSET_MAXNAMELEN less its NUL
constexpr std::size_t kMaxComment = 255;  // IPSET_MAX_COMMENT_SIZE
// A set that is there already is only filled again if it was created alike, so what is said of it
// depends as little as can be on the list: always timeouts and comments, and one size for all lists
// but the largest. A limit takes no memory.
constexpr std::size_t kMaxElements = 1U << 20;

// What is said of one network: by the entry in the set that lasts longest, and by an exception.
struct Element {
  const ListEntry* member = nullptr;
  const ListEntry* exception = nullptr;
};
using Elements = std::map<IpPrefix, Element>;

bool lasts_longer(const ListEntry& a, const ListEntry& b) {
  return b.expires && (!a.expires || *a.expires > *b.expires);
}

class IpsetSave {
 public:
  explicit IpsetSave(const WriteOptions& options)
      : writing_("an ipset", options), options_(options) {}

  ListWriting write(std::span<const ListEntry> entries) {
    if (!has_usable_name()) return writing_.take();
    for (const ListEntry& entry : entries) {
      if (writing_.names_addresses(entry) && writing_.is_in_force(entry)) add(entry);
    }
    for (const AddressFamily family : {AddressFamily::ipv4, AddressFamily::ipv6}) {
      create(family);
    }
    for (const auto& [network, element] : elements_) write_element(network, element);
    return writing_.take();
  }

 private:
  bool has_usable_name() {
    const bool fits = !options_.name.empty() &&
                      options_.name.size() + kIpsetNaming.ipv6_suffix.size() <= kMaxName &&
                      std::ranges::all_of(options_.name, [](char c) {
                        return c > ' ' && c < '\x7f' && c != '"' && c != '#';
                      });
    if (!fits) {
      writing_.refuse(options_.name,
                      fmt::format("is no name for a set: 1 to {} printable characters, no blank",
                                  kMaxName - kIpsetNaming.ipv6_suffix.size()),
                      "give another --name");
    }
    return fits;
  }

  void add(const ListEntry& entry) {
    const bool in_set = writing_.action_of(entry) == options_.action;
    for (const IpPrefix& network : networks_of(entry.listed)) {
      Element& element = elements_[network];
      const ListEntry*& said = in_set ? element.member : element.exception;
      if (said == nullptr || lasts_longer(entry, *said)) said = &entry;
    }
  }

  // Whether the exception holds where both are said of one network: permit beats deny. Where it is
  // permitted for a time only, a wider element would permit it ever after, so it is not at all.
  bool is_exception(const Element& element) {
    if (element.member == nullptr || element.exception == nullptr) {
      return element.member == nullptr;
    }
    if (options_.action == Action::deny) return true;
    if (!element.member->expires) return false;
    writing_.lose(*element.member,
                  "is left out: the list has an exception for it too, and a set "
                  "cannot go from the one to the other when it expires");
    return true;
  }

  std::string set_name(AddressFamily family) const {
    const bool ipv4 = family == AddressFamily::ipv4;
    return options_.name + std::string(ipv4 ? kIpsetNaming.ipv4_suffix : kIpsetNaming.ipv6_suffix);
  }

  void create(AddressFamily family) {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(
        elements_, [&](const auto& element) { return element.first.family() == family; }));
    writing_.text() += fmt::format(
        "create {0} hash:net family {1} maxelem {2} timeout 0 comment -exist\nflush {0}\n",
        set_name(family), family == AddressFamily::ipv4 ? "inet" : "inet6",
        std::max(kMaxElements, std::bit_ceil(count)));
  }

  void write_element(const IpPrefix& network, const Element& element) {
    const bool exception = is_exception(element);
    const ListEntry& entry = exception ? *element.exception : *element.member;
    std::string& text = writing_.text();
    text += fmt::format("add {} {} timeout {}", set_name(network.family()), network.to_string(),
                        seconds_left(entry, exception));
    if (exception) text += " nomatch";
    if (const std::string comment = set_comment(entry.comment, kMaxComment); !comment.empty()) {
      text += fmt::format(" comment \"{}\"", comment);
      if (comment.size() < entry.comment.size()) {
        writing_.lose(entry, fmt::format("has its comment cut to {} bytes", kMaxComment));
      }
    }
    text += " -exist\n";
  }

  // 0: for good. What would last longer than a timeout can say ends too early instead of never; an
  // exception that expires holds for good, so that the set never matches more than the list.
  std::uint64_t seconds_left(const ListEntry& entry, bool exception) {
    if (!entry.expires) return 0;
    if (exception) {
      writing_.lose(entry, fmt::format("is left out of the set for good, not until {}",
                                       time_text(*entry.expires)));
      return 0;
    }
    const auto left = static_cast<std::uint64_t>((*entry.expires - options_.now).count());
    if (left <= kIpsetMaxTimeout) return left;
    writing_.lose(
        entry,
        fmt::format("expires at {}, and leaves the set after {} seconds already, the most "
                    "that a timeout can say",
                    time_text(*entry.expires), kIpsetMaxTimeout),
        "write the set again before then");
    return kIpsetMaxTimeout;
  }

  Writing writing_;
  const WriteOptions& options_;
  Elements elements_;
};

}  // namespace

ListWriting write_ipset(std::span<const ListEntry> entries, const WriteOptions& options) {
  return IpsetSave(options).write(entries);
}

}  // namespace portcullis
