#include "policy/connection_table.h"

#include <algorithm>
#include <utility>

namespace portcullis {
namespace {

// The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

template <typename Number>
std::size_t index(Number id) {
  return static_cast<std::size_t>(id);
}

}  // namespace

ConnectionTable::ClientKey ConnectionTable::client_key(ListenerGauge listener,
                                                       const IpPrefix& network) const {
  const AddressBits bits = network.bits();
  std::uint64_t hash = mix(seed_ ^ static_cast<std::uint64_t>(bits >> 64));
  hash = mix((hash + seed_) ^ static_cast<std::uint64_t>(bits));
  hash = mix(hash ^ (static_cast<std::uint64_t>(listener) << 8 | network.length()));
  return {hash, listener, network};
}

Guarded<ConnectionTable::ClientCounts>& ConnectionTable::shard_of(const ClientKey& key) {
  // The top bits: the map inside the shard uses the others.
  return shards_[key.hash >> 58].counts;
}

ListenerGauge ConnectionTable::listener_gauge(std::string_view name) {
  auto gauges = gauges_.lock();
  if (const auto known = gauges->listener_names.find(name); known != gauges->listener_names.end()) {
    return known->second;
  }
  const auto id = static_cast<ListenerGauge>(gauges->listeners.size());
  gauges->listeners.emplace_back();
  gauges->listener_names.emplace(name, id);
  return id;
}

ClassGauge ConnectionTable::class_gauge(std::string_view name) {
  auto gauges = gauges_.lock();
  if (const auto known = gauges->class_names.find(name); known != gauges->class_names.end()) {
    return known->second;
  }
  const auto id = static_cast<ClassGauge>(gauges->classes.size());
  gauges->classes.push_back(0);
  gauges->class_names.emplace(name, id);
  return id;
}

std::optional<Limit> ConnectionTable::exceeded_gauge(const Gauges& gauges,
                                                     const ConnectionClaim& claim) {
  if (claim.client_class && claim.max_per_class &&
      gauges.classes[index(*claim.client_class)] >= *claim.max_per_class) {
    return Limit::client_class;
  }
  if (!claim.max_per_listener) return std::nullopt;
  const ListenerCount& listener = gauges.listeners[index(claim.listener)];
  if (listener.connections >= *claim.max_per_listener) return Limit::listener;

  // Slots that the other classes have reserved and do not use now.
  std::uint64_t kept = 0;
  for (const Reservation& reservation : claim.reservations) {
    if (reservation.client_class == claim.client_class) continue;
    const std::size_t other = index(reservation.client_class);
    const std::uint32_t used = other < listener.by_class.size() ? listener.by_class[other] : 0;
    kept += reservation.count - std::min(reservation.count, used);
  }
  if (listener.connections + kept >= *claim.max_per_listener) return Limit::reserved;
  return std::nullopt;
}

ConnectionTable::Grant ConnectionTable::acquire(const ConnectionClaim& claim) {
  const ClientKey key = client_key(claim.listener, claim.client_network);
  auto counts = shard_of(key).lock();
  const auto found = counts->find(key);
  const std::uint32_t held = found == counts->end() ? 0 : found->second;

  auto gauges = gauges_.lock();
  std::optional<Limit> exceeded;
  if (claim.max_per_client && held >= *claim.max_per_client) {
    exceeded = Limit::client;
  } else {
    exceeded = exceeded_gauge(*gauges, claim);
  }
  if (exceeded && !claim.observe) return {Lease(), exceeded};

  // What can throw comes before the first count changes.
  ListenerCount& listener = gauges->listeners[index(claim.listener)];
  if (claim.client_class && listener.by_class.size() <= index(*claim.client_class)) {
    listener.by_class.resize(index(*claim.client_class) + 1);
  }
  ClientCount& client = found == counts->end() ? *counts->emplace(key, 0).first : *found;
  ++client.second;
  ++listener.connections;
  if (claim.client_class) {
    ++listener.by_class[index(*claim.client_class)];
    ++gauges->classes[index(*claim.client_class)];
  }
  return {Lease(*this, client, claim.client_class), exceeded};
}

void ConnectionTable::release(ClientCount& client,
                              std::optional<ClassGauge> client_class) noexcept {
  const ClientKey key = client.first;
  auto counts = shard_of(key).lock();
  if (--client.second == 0) counts->erase(key);

  auto gauges = gauges_.lock();
  ListenerCount& listener = gauges->listeners[index(key.listener)];
  --listener.connections;
  if (client_class) {
    --listener.by_class[index(*client_class)];
    --gauges->classes[index(*client_class)];
  }
}

std::uint32_t ConnectionTable::client_connections(ListenerGauge listener,
                                                  const IpPrefix& client_network) {
  const ClientKey key = client_key(listener, client_network);
  auto counts = shard_of(key).lock();
  const auto found = counts->find(key);
  return found == counts->end() ? 0 : found->second;
}

std::size_t ConnectionTable::client_networks() {
  std::size_t networks = 0;
  for (Shard& shard : shards_) networks += shard.counts.lock()->size();
  return networks;
}

ConnectionTable::Totals ConnectionTable::totals() {
  Totals totals;
  auto gauges = gauges_.lock();
  for (const auto& [name, id] : gauges->listener_names) {
    const std::uint32_t connections = gauges->listeners[index(id)].connections;
    totals.listeners.push_back({name, connections});
    totals.connections += connections;
  }
  for (const auto& [name, id] : gauges->class_names) {
    totals.classes.push_back({name, gauges->classes[index(id)]});
  }
  return totals;
}

ConnectionTable::Lease& ConnectionTable::Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    reset();
    table_ = std::exchange(other.table_, nullptr);
    client_ = other.client_;
    class_ = other.class_;
  }
  return *this;
}

void ConnectionTable::Lease::reset() noexcept {
  if (ConnectionTable* table = std::exchange(table_, nullptr)) table->release(*client_, class_);
}

}  // namespace portcullis
