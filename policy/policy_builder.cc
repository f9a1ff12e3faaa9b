#include "policy/policy_builder.h"

#include <algorithm>
#include <map>

#include "policy/entry_table.h"
#include "policy/outcome_table.h"

namespace portcullis {
namespace {

// An entry keeps its source in 16 bits; entries of all tables are numbered in 32 bits.
constexpr std::size_t kMaxSources = 0xffff;
constexpr std::size_t kMaxEntries = 0xffff'fff0;

constexpr std::uint32_t kNoDetail = NetworkEntries<AddressBits>::kNoDetail;

// `source` fits: build() refuses more than kMaxSources.
inline void add_prefix(EntryTable& entries, SourceIndex source, const IpPrefix& prefix,
                       std::uint32_t line, std::uint32_t detail) {
  const auto source_number = static_cast<std::uint16_t>(source);
  const auto length = static_cast<std::uint8_t>(prefix.length());
  if (prefix.family() == AddressFamily::ipv4) {
    entries.ipv4.add({prefix.first().ipv4_value(), line, detail, source_number, length});
  } else {
    entries.ipv6.add({prefix.bits(), line, detail, source_number, length});
  }
}

bool may_answer_at_helo(const Listener& listener) {
  return listener.answer_at == AnswerAt::helo;
}

bool may_answer_at_helo(const ClientClass& client_class) {
  return client_class.action == Action::deny && client_class.answer_at == AnswerAt::helo;
}

}  // namespace

std::string_view describe(PolicyError error) {
  switch (error) {
    case PolicyError::too_large:
      return "has more entries than fit into memory";
    case PolicyError::too_many_sources:
      return "names more than 65535 lists";
  }
  return "cannot be compiled";
}

PolicyBuilder::PolicyBuilder() : policy_(new Policy) {}
PolicyBuilder::~PolicyBuilder() = default;

ListenerIndex PolicyBuilder::add_listener(Listener listener) {
  policy_->listeners_.push_back(std::move(listener));
  return static_cast<ListenerIndex>(policy_->listeners_.size() - 1);
}

ClassIndex PolicyBuilder::add_class(ClientClass client_class) {
  policy_->classes_.push_back(std::move(client_class));
  return static_cast<ClassIndex>(policy_->classes_.size() - 1);
}

SourceIndex PolicyBuilder::add_source(ClassIndex client_class, std::string file) {
  policy_->entries_->sources.push_back({client_class, std::move(file), 0});
  return static_cast<SourceIndex>(policy_->entries_->sources.size() - 1);
}

std::uint32_t PolicyBuilder::add_detail(EntryDetail detail) {
  details_.push_back(detail);
  return static_cast<std::uint32_t>(details_.size() - 1);
}

void PolicyBuilder::add_network(SourceIndex source, const IpPrefix& network, std::uint32_t line,
                                std::optional<Time> expires) {
  EntryTable& entries = *policy_->entries_;
  ++entries.sources[static_cast<std::size_t>(source)].entries;
  const std::uint32_t detail = expires ? add_detail({expires, std::nullopt}) : kNoDetail;
  add_prefix(entries, source, network, line, detail);
}

void PolicyBuilder::add_range(SourceIndex source, IpAddress first, IpAddress last,
                              std::uint32_t line, std::optional<Time> expires) {
  EntryTable& entries = *policy_->entries_;
  ++entries.sources[static_cast<std::size_t>(source)].entries;
  const std::uint32_t detail = add_detail({expires, AddressRange{first, last}});
  for (const IpPrefix& prefix : cover_range(first, last)) {
    add_prefix(entries, source, prefix, line, detail);
  }
}

void PolicyBuilder::add_host_name(SourceIndex source, std::string_view name, std::uint32_t line,
                                  std::optional<Time> expires) {
  ++policy_->entries_->sources[static_cast<std::size_t>(source)].entries;
  policy_->entries_->names.add(name, {source, line}, expires);
}

void PolicyBuilder::build_entries() {
  EntryTable& entries = *policy_->entries_;
  std::vector<std::uint32_t> ranks;
  for (const EntryTable::Source& source : entries.sources) {
    ranks.push_back(
        entry_rank(policy_->client_class(source.client_class).action, source.client_class));
  }
  std::vector<RepeatedEntry> found;
  std::vector<RepeatedEntry>* const repeated = keep_repeated_ ? &found : nullptr;
  // The table numbers the entries of one kind after those of the other.
  std::size_t before = 0;
  const auto take_repeated = [&](const auto& table) {
    for (RepeatedEntry& entry : found) {
      entries.repeated.push_back(
          {static_cast<EntryIndex>(before + entry.kept), entry.origin, entry.detail});
    }
    found.clear();
    before += table.size();
  };
  entries.ipv4.build(ranks, details_, repeated);
  take_repeated(entries.ipv4);
  entries.ipv6.build(ranks, details_, repeated);
  take_repeated(entries.ipv6);
  entries.names.build(ranks, repeated);
  take_repeated(entries.names);
  details_ = std::vector<EntryDetail>();
}

tl::expected<void, PolicyError> PolicyBuilder::build_tables() {
  std::map<std::vector<bool>, std::shared_ptr<const PrefixTable>> tables;
  for (std::size_t i = 0; i < policy_->listeners_.size(); ++i) {
    std::vector<bool> in_force;
    for (const ClientClass& client_class : policy_->classes_) {
      in_force.push_back(client_class.in_force_on(static_cast<ListenerIndex>(i)));
    }
    auto& table = tables[in_force];
    if (!table) {
      auto built = build_outcome_table(*policy_->entries_, policy_->classes_, in_force);
      if (!built) return tl::unexpected(PolicyError::too_large);
      table = std::make_shared<const PrefixTable>(*std::move(built));
    }
    policy_->in_force_.push_back({std::move(in_force), table});
  }
  return {};
}

tl::expected<std::shared_ptr<const Policy>, PolicyError> PolicyBuilder::build() {
  if (policy_->entries_->sources.size() > kMaxSources) {
    return tl::unexpected(PolicyError::too_many_sources);
  }
  if (policy_->entry_count() > kMaxEntries) return tl::unexpected(PolicyError::too_large);
  build_entries();
  if (const auto built = build_tables(); !built) return tl::unexpected(built.error());
  policy_->answers_at_helo_ =
      std::ranges::any_of(policy_->listeners_,
                          [](const Listener& l) { return may_answer_at_helo(l); }) ||
      std::ranges::any_of(policy_->classes_,
                          [](const ClientClass& c) { return may_answer_at_helo(c); });
  return std::shared_ptr<const Policy>(std::exchange(policy_, std::unique_ptr<Policy>(new Policy)));
}

}  // namespace portcullis
