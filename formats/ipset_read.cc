#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "formats/ipset.h"
#include "formats/ipset_words.h"
#include "formats/reading.h"
#include "formats/set_elements.h"
#include "formats/text_lines.h"

namespace portcullis {
namespace {

constexpr std::array<std::string_view, 3> kTypes = {"hash:net", "hash:ip", "bitmap:ip"};

struct Set {
  IpsetCreate create;
  bool selected = false;
  SetElements elements;
};

class IpsetText {
 public:
  explicit IpsetText(Reading& reading) : reading_(reading) {}

  void read(std::string_view text) {
    TextLines first(text);
    while (const auto line = first.next()) declare(*line);
    if (!sets_.empty()) select();
    TextLines second(text);
    while (const auto line = second.next()) {
      if (line->text.empty() || line->text.starts_with('#')) continue;
      if (reading_.is_readable(line->text, line->number)) read_line(*line);
    }
    if (sets_.empty() && !reading_.has_refused()) {
      reading_.refuse(0, {}, {"creates no set", "save one with: ipset save NAME"});
    }
    add_entries();
  }

 private:
  using Words = std::vector<std::string>;

  // The first time through: which sets there are.
  void declare(const TextLine& line) {
    std::string_view rest = line.text;
    const std::string_view command = take_word(rest);
    if (command == "create") {
      const auto words = split_ipset_words(line.text);
      if (words && words->size() >= 3 && !index_.contains((*words)[1])) {
        declare_set(*words, line.number);
      }
    } else if (command == "add") {
      if (const auto set = index_.find(take_word(rest)); set != index_.end()) {
        ++declared_[set->second].elements;
      }
    }
  }

  void declare_set(const Words& words, std::uint32_t line) {
    index_.emplace(words[1], sets_.size());
    Set& set = sets_.emplace_back();
    DeclaredSet& declared = declared_.emplace_back();
    declared.name = words[1];
    declared.line = line;
    if (std::ranges::find(kTypes, words[2]) == kTypes.end()) {
      declared.problem = {
          fmt::format("is a set of {}, whose elements are not addresses alone", words[2]),
          "known types: hash:net, hash:ip, bitmap:ip"};
      return;
    }
    auto create = parse_ipset_create(words);
    if (!create) {
      declared.problem = std::move(create.error());
      return;
    }
    declared.family = create->family;
    set.create = *std::move(create);
  }

  void select() {
    for (const std::size_t i :
         select_sets(reading_, declared_, reading_.options().set, kIpsetNaming)) {
      const DeclaredSet& declared = declared_[i];
      sets_[i].selected = declared.problem.reason.empty();
      if (sets_[i].selected) continue;
      reading_.refuse(declared.line, declared.name,
                      {fmt::format("{}: not read, with {}", declared.problem.reason,
                                   count_elements(declared.elements)),
                       declared.problem.repair});
    }
  }

  // The second time: what is in them.
  void read_line(const TextLine& line) {
    auto split = split_ipset_words(line.text);
    if (!split) {
      refuse(line, std::move(split.error()));
      return;
    }
    const Words& words = *split;
    const std::string& command = words[0];
    if (command == "COMMIT" && words.size() == 1) return;
    if (command == "create" && words.size() >= 3) {
      check_create(words, line);
    } else if (command == "add" && words.size() >= 3) {
      if (Set* set = find(words[1], line)) read_add(*set, words, line);
    } else if (command == "flush" && words.size() == 2) {
      if (const Set* set = find(words[1], line); set != nullptr) check_flush(*set, line);
    } else {
      refuse_command(command, line);
    }
  }

  void check_create(const Words& words, const TextLine& line) {
    const std::uint32_t first = declared_[index_.at(words[1])].line;
    if (first == line.number) return;
    refuse(line, {fmt::format("creates a set that line {} has created", first), {}});
  }

  void check_flush(const Set& set, const TextLine& line) {
    if (set.elements.empty()) return;
    refuse(line, {"takes out what was added before it", "save the set as it is: ipset save NAME"});
  }

  void refuse_command(const std::string& command, const TextLine& line) {
    const bool old = command.size() == 2 && command[0] == '-';
    refuse(line,
           {fmt::format("is no line of ipset save: {}", command),
            old ? "save the set with ipset 6 or newer" : "save the set as it is: ipset save NAME"});
  }

  // nullptr, reported where that is not known yet, if its elements are not read.
  Set* find(const std::string& name, const TextLine& line) {
    const auto found = index_.find(name);
    if (found == index_.end() || declared_[found->second].line > line.number) {
      refuse(line, {fmt::format("is about a set that was not created before: {}", name), {}});
      return nullptr;
    }
    Set& set = sets_[found->second];
    return set.selected ? &set : nullptr;
  }

  void read_add(Set& set, const Words& words, const TextLine& line) {
    auto add = parse_ipset_add(words);
    if (!add) {
      refuse(line, std::move(add.error()));
    } else if (add->timeout && !set.create.timeout) {
      refuse(line, {"has a timeout, and its set was created without",
                    "add timeout 0 to the line that creates the set"});
    } else if (add->nomatch && set.create.type != "hash:net") {
      refuse(line,
             {fmt::format("has nomatch, which a set of {} does not know", set.create.type), {}});
    } else if (const auto listed =
                   read_element(reading_, words[2], set.create.family, line.number)) {
      add_element(set, *listed, *add, line);
    }
  }

  void add_element(Set& set, const Listed& listed, const IpsetAdd& add, const TextLine& line) {
    ListEntry entry;
    entry.comment = Reading::comment(add.comment);
    entry.line = line.number;
    const std::uint64_t timeout = add.timeout.value_or(set.create.timeout.value_or(0));
    if (timeout > 0) entry.expires = reading_.options().now + std::chrono::seconds(timeout);
    for (IpPrefix network : networks_of(listed)) {
      if (set.create.netmask && !network.is_host()) {
        refuse(line, {"is a network in a set with a netmask, whose elements are addresses", {}});
        return;
      }
      if (set.create.netmask) network = widened(network, *set.create.netmask, line);
      entry.listed = network;
      set.elements.add(reading_, entry, add.nomatch);
    }
  }

  IpPrefix widened(const IpPrefix& host, unsigned netmask, const TextLine& line) {
    const IpPrefix network(host.first(), std::min(netmask, address_width(host.family())));
    reading_.note(
        line.number, host.to_string(),
        {fmt::format("stands for {}: its set has netmask {}", network.to_string(), netmask), {}});
    return network;
  }

  void add_entries() {
    std::vector<ListEntry> all;
    for (Set& set : sets_) {
      std::vector<ListEntry> entries = set.elements.take(reading_);
      all.insert(all.end(), std::make_move_iterator(entries.begin()),
                 std::make_move_iterator(entries.end()));
    }
    if (!std::ranges::is_sorted(all, {}, &ListEntry::line)) {
      std::ranges::stable_sort(all, {}, &ListEntry::line);
    }
    for (ListEntry& entry : all) reading_.add(std::move(entry));
  }

  void refuse(const TextLine& line, Problem problem) {
    reading_.refuse(line.number, line.text, std::move(problem));
  }

  Reading& reading_;
  std::vector<DeclaredSet> declared_;
  std::vector<Set> sets_;  // as many, in the same order
  std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace

ListReading read_ipset(std::string_view text, const ReadOptions& options) {
  Reading reading(options);
  IpsetText(reading).read(text);
  return reading.take();
}

}  // namespace portcullis
