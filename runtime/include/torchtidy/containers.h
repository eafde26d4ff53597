#pragma once

/// \file
/// `ModuleVector<M>` and `ModuleMap<M>`: lists and dictionaries of modules that are registered and typed.
///
/// A data member `std::vector<torch::nn::Linear>` hides its layers from `parameters()`, `to`, `clone` and
/// archives. It becomes a registered one by its type and one line:
/// \code
/// struct NetImpl : torch::nn::Module {
///   NetImpl() {
///     register_module("layers", layers);                  // the line
///     for (int i = 0; i < 3; ++i) {
///       layers.push_back(torch::nn::Linear(8, 8));
///     }
///   }
///   torch::Tensor forward(torch::Tensor x) {
///     for (auto& layer : layers) {
///       x = torch::relu(layer(x));                         // a torch::nn::Linear, no as<>()
///     }
///     return x;
///   }
///   torchtidy::ModuleVector<torch::nn::Linear> layers;     // was std::vector<torch::nn::Linear>
/// };
/// \endcode
///
/// Keys are those of Python's `ModuleList` and `ModuleDict` (`layers.0.weight`, `heads.cls.weight`).
/// `M` is a holder (`torch::nn::Linear`, `hnn::Linear`, your own) or a Module class (`torch::nn::Module`
/// itself for mixed elements); elements are then `std::shared_ptr<M>`.
///
/// Guarantees: what the container holds is what is registered, also after `layers[0] = other`, `insert` and
/// `erase` (later elements are renumbered, as in Python); elements are never null; references to elements
/// stay valid until they are erased.
///
/// Limits: as every holder, a copy of a container is another name of the same one. In `reset()` of a
/// `Cloneable` class start from a fresh one, `layers = register_module("layers",
/// torchtidy::ModuleVector<torch::nn::Linear>())`: the copy that `clone()` makes would share it with the
/// original otherwise, which is an error. `torch::load` fills the elements that are there: make them first.
/// Not safe to change while another thread reads.

#include <torchtidy/clone_into.h>
#include <torchtidy/compat.h>

#include <torch/nn/cloneable.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace torchtidy {
namespace detail {

using torch::nn::Module;

/// How an element of type `M` is kept: a holder as it is, a Module class by `shared_ptr`.
template <typename M, typename = void>
struct ElementOf {
  using Handle = M;
  using Impl = typename M::ContainedType;
  static std::shared_ptr<Module> pointer(const Handle& handle) {
    return handle.is_empty() ? nullptr : handle.ptr();
  }
  template <typename... Args>
  static Handle make(Args&&... args) {
    return M(std::forward<Args>(args)...);
  }
};
template <typename M>
struct ElementOf<M, std::enable_if_t<std::is_base_of_v<Module, M>>> {
  using Handle = std::shared_ptr<M>;
  using Impl = M;
  static std::shared_ptr<Module> pointer(const Handle& handle) {
    return handle;
  }
  template <typename... Args>
  static Handle make(Args&&... args) {
    return std::make_shared<M>(std::forward<Args>(args)...);
  }
};

/// A handle in a container: assigning to it registers the new module in place of the old one. A copy of it
/// is an ordinary handle.
template <typename Handle, typename Owner>
class Element : public Handle {
 public:
  Element(Handle handle, Owner& owner) : Handle(std::move(handle)), owner_(&owner) {}
  Element(const Element& other) : Handle(other) {}
  Element& operator=(const Element& other) {
    return *this = static_cast<const Handle&>(other);
  }
  Element& operator=(Handle handle) {
    if (owner_ != nullptr) {
      owner_->replace(*this, handle);
    }
    Handle::operator=(std::move(handle));
    return *this;
  }

 private:
  Owner* owner_ = nullptr;
};

/// Throws if `module` is null. `where` names the element.
void check_element(const std::shared_ptr<Module>& module, const char* container, const std::string& where);

/// Throws if `key` cannot name a child.
void check_key(const std::string& key);

/// Reports that `key` is not among `keys`.
[[noreturn]] void no_such_key(const std::string& key, const std::vector<std::string>& keys);

/// Throws: `clone()` found the original's container in the copy.
void check_fresh(const Module& target, const Module& source, const char* container);

template <typename Iterator, typename Value>
class ElementIterator {
 public:
  using iterator_category = std::bidirectional_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = Value*;
  using reference = Value&;

  ElementIterator() = default;
  explicit ElementIterator(Iterator at) : at_(at) {}
  /// A const_iterator of an iterator.
  template <typename Other, typename = std::enable_if_t<std::is_convertible_v<Other, Iterator>>>
  ElementIterator(const ElementIterator<Other, Value>& other) : at_(other.at_) {}
  Value& operator*() const {
    return **at_;
  }
  Value* operator->() const {
    return at_->get();
  }
  ElementIterator& operator++() {
    ++at_;
    return *this;
  }
  ElementIterator operator++(int) {
    return ElementIterator(at_++);
  }
  ElementIterator& operator--() {
    --at_;
    return *this;
  }
  ElementIterator operator--(int) {
    return ElementIterator(at_--);
  }
  ElementIterator& operator+=(difference_type n) {
    at_ += n;
    return *this;
  }
  ElementIterator operator+(difference_type n) const {
    return ElementIterator(at_ + n);
  }
  ElementIterator operator-(difference_type n) const {
    return ElementIterator(at_ - n);
  }
  difference_type operator-(const ElementIterator& other) const {
    return at_ - other.at_;
  }
  bool operator==(const ElementIterator& other) const {
    return at_ == other.at_;
  }
  bool operator!=(const ElementIterator& other) const {
    return at_ != other.at_;
  }

 private:
  template <typename, typename>
  friend class ElementIterator;

  Iterator at_;
};

/// The deep copy of one element.
template <typename M>
typename ElementOf<M>::Handle clone_element(
    const typename ElementOf<M>::Handle& element, const Optional<torch::Device>& device) {
  using Impl = typename ElementOf<M>::Impl;
  const auto source = ElementOf<M>::pointer(element);
  auto copy = std::dynamic_pointer_cast<Impl>(source->clone(device));
  TORCH_CHECK(copy, "clone() of a ", source->name(), " gave a module of another type");
  return typename ElementOf<M>::Handle(std::move(copy));
}

} // namespace detail

/// The module behind `ModuleVector`. Mirrors `torch.nn.ModuleList`.
template <typename M>
class ModuleVectorImpl : public torch::nn::Module {
  using Traits = detail::ElementOf<M>;

 public:
  using Handle = typename Traits::Handle;
  using Element = detail::Element<Handle, ModuleVectorImpl>;
  using Storage = std::vector<std::unique_ptr<Element>>;
  using iterator = detail::ElementIterator<typename Storage::iterator, Element>;
  using const_iterator = detail::ElementIterator<typename Storage::const_iterator, Element>;

  ModuleVectorImpl() : torch::nn::Module("torchtidy::ModuleVector") {}
  ModuleVectorImpl(std::initializer_list<Handle> modules) : ModuleVectorImpl() {
    for (const auto& module : modules) {
      push_back(module);
    }
  }
  explicit ModuleVectorImpl(const std::vector<Handle>& modules) : ModuleVectorImpl() {
    for (const auto& module : modules) {
      push_back(module);
    }
  }
  // Elements point back to their container.
  ModuleVectorImpl(const ModuleVectorImpl&) = delete;
  ModuleVectorImpl& operator=(const ModuleVectorImpl&) = delete;

  /// Adds a module at the end. \throws c10::Error if it is null. Mirrors `ModuleList.append`.
  void push_back(Handle module) {
    insert(size(), std::move(module));
  }
  /// Adds `M(args...)` at the end. \returns the new element.
  template <typename... Args>
  Element& emplace_back(Args&&... args) {
    push_back(Traits::make(std::forward<Args>(args)...));
    return back();
  }
  /// Puts a module before element `index` (0 … `size()`); later elements move up by one, keys as well.
  /// \throws c10::Error if it is null or the index is out of range. Mirrors `ModuleList.insert`.
  void insert(size_t index, Handle module) {
    TORCH_CHECK(
        index <= size(), "ModuleVector: cannot insert at ", index, ", there are ", size(), " elements");
    detail::check_element(Traits::pointer(module), "ModuleVector", std::to_string(index));
    elements_.insert(
        elements_.begin() + static_cast<std::ptrdiff_t>(index),
        std::make_unique<Element>(std::move(module), *this));
    register_module(std::to_string(size() - 1), Traits::pointer(back()));
    renumber(index);
  }
  /// Removes element `index`; later elements move down by one, keys as well.
  /// \throws c10::Error if the index is out of range. Mirrors `del modules[index]`.
  void erase(size_t index) {
    erase(index, index + 1);
  }
  /// Removes the elements `first` … `last - 1`.
  void erase(size_t first, size_t last) {
    TORCH_CHECK(
        first <= last && last <= size(),
        "ModuleVector: cannot erase [",
        first,
        ", ",
        last,
        "), there are ",
        size(),
        " elements");
    for (size_t i = size() - (last - first); i < size(); ++i) {
      unregister_module(std::to_string(i));
    }
    elements_.erase(
        elements_.begin() + static_cast<std::ptrdiff_t>(first),
        elements_.begin() + static_cast<std::ptrdiff_t>(last));
    renumber(first);
  }
  /// As those of `std::vector`. Iterators from `position` on are no longer valid, elements are where they
  /// were.
  iterator insert(const_iterator position, Handle module) {
    const auto index = position - const_iterator(elements_.begin());
    insert(static_cast<size_t>(index), std::move(module));
    return begin() + index;
  }
  iterator erase(const_iterator position) {
    return erase(position, position + 1);
  }
  iterator erase(const_iterator first, const_iterator last) {
    const const_iterator start(elements_.begin());
    const auto index = first - start;
    erase(static_cast<size_t>(index), static_cast<size_t>(last - start));
    return begin() + index;
  }
  /// Removes the last element. \throws c10::Error if there is none.
  void pop_back() {
    TORCH_CHECK(!empty(), "ModuleVector: pop_back of an empty one");
    erase(size() - 1);
  }
  void clear() {
    erase(0, size());
  }
  void reserve(size_t count) {
    elements_.reserve(count);
  }

  /// Element `index`, as an `M`. \throws c10::Error if the index is out of range.
  Element& at(size_t index) const {
    TORCH_CHECK_INDEX(index < size(), "ModuleVector: no element ", index, ", there are ", size());
    return *elements_[index];
  }
  Element& operator[](size_t index) const {
    return at(index);
  }
  Element& front() const {
    return at(0);
  }
  Element& back() const {
    TORCH_CHECK_INDEX(!empty(), "ModuleVector: no last element, it is empty");
    return *elements_.back();
  }
  size_t size() const noexcept {
    return elements_.size();
  }
  bool empty() const noexcept {
    return elements_.empty();
  }
  iterator begin() {
    return iterator(elements_.begin());
  }
  iterator end() {
    return iterator(elements_.end());
  }
  const_iterator begin() const {
    return const_iterator(elements_.begin());
  }
  const_iterator end() const {
    return const_iterator(elements_.end());
  }

  /// A deep copy, on `device` if one is given. \throws c10::Error if an element cannot be cloned.
  std::shared_ptr<torch::nn::Module> clone(const Optional<torch::Device>& device = {}) const override {
    auto copy = std::make_shared<ModuleVectorImpl>();
    for (const auto& element : elements_) {
      copy->push_back(detail::clone_element<M>(*element, device));
    }
    torch::nn::Cloneable<detail::CloneInto>::copy_own_mode(*copy, *this);
    return copy;
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "torchtidy::ModuleVector";
  }

  /// \internal What assigning to an element does.
  void replace(Element& element, const Handle& module) {
    for (size_t i = 0; i < size(); ++i) {
      if (elements_[i].get() == &element) {
        detail::check_element(Traits::pointer(module), "ModuleVector", std::to_string(i));
        replace_module(std::to_string(i), Traits::pointer(module));
        return;
      }
    }
  }

 private:
  void renumber(size_t from) {
    for (size_t i = from; i < size(); ++i) {
      replace_module(std::to_string(i), Traits::pointer(*elements_[i]));
    }
  }

  // Called by a parent's clone(): `this` is what the copy's reset() made.
  void clone_(torch::nn::Module& other, const Optional<torch::Device>& device) override {
    detail::check_fresh(*this, other, "ModuleVector");
    auto* source = dynamic_cast<ModuleVectorImpl*>(&other);
    TORCH_CHECK(source != nullptr, "clone() met a ", other.name(), " where the copy has a ModuleVector");
    torch::nn::Cloneable<detail::CloneInto>::copy_own_mode(*this, other);
    if (source->size() != size()) {
      clear();
      for (const auto& element : source->elements_) {
        push_back(detail::clone_element<M>(*element, device));
      }
      return;
    }
    // In place, so that other names for an element in the copy stay right.
    for (size_t i = 0; i < size(); ++i) {
      torch::nn::Cloneable<detail::CloneInto>::clone_into(
          *Traits::pointer(*elements_[i]), *Traits::pointer(*source->elements_[i]), device);
    }
  }

  Storage elements_;
};

/// A registered list of `M`; see the top of this file. Never null unless made from `nullptr`.
template <typename M>
class ModuleVector : public torch::nn::ModuleHolder<ModuleVectorImpl<M>> {
 public:
  using Impl = ModuleVectorImpl<M>;
  using Handle = typename Impl::Handle;
  using Element = typename Impl::Element;
  using value_type = Handle;
  using iterator = typename Impl::iterator;
  using const_iterator = typename Impl::const_iterator;
  using torch::nn::ModuleHolder<Impl>::ModuleHolder;
  ModuleVector() = default;
  /// `{nullptr}` is an empty holder, as of every other: for members that are made later.
  ModuleVector(std::initializer_list<Handle> modules)
      : torch::nn::ModuleHolder<Impl>(is_nothing(modules) ? nullptr : std::make_shared<Impl>(modules)) {}

  /// As the members of `ModuleVectorImpl` of the same names.
  void push_back(Handle module) {
    impl().push_back(std::move(module));
  }
  template <typename... Args>
  Element& emplace_back(Args&&... args) {
    return impl().emplace_back(std::forward<Args>(args)...);
  }
  void insert(size_t index, Handle module) {
    impl().insert(index, std::move(module));
  }
  void erase(size_t index) {
    impl().erase(index);
  }
  void erase(size_t first, size_t last) {
    impl().erase(first, last);
  }
  iterator insert(const_iterator position, Handle module) {
    return impl().insert(position, std::move(module));
  }
  iterator erase(const_iterator position) {
    return impl().erase(position);
  }
  iterator erase(const_iterator first, const_iterator last) {
    return impl().erase(first, last);
  }
  void pop_back() {
    impl().pop_back();
  }
  void clear() {
    impl().clear();
  }
  void reserve(size_t count) {
    impl().reserve(count);
  }
  Element& at(size_t index) const {
    return impl().at(index);
  }
  Element& operator[](size_t index) const {
    return impl().at(index);
  }
  Element& front() const {
    return impl().front();
  }
  Element& back() const {
    return impl().back();
  }
  size_t size() const {
    return impl().size();
  }
  bool empty() const {
    return impl().empty();
  }
  iterator begin() const {
    return impl().begin();
  }
  iterator end() const {
    return impl().end();
  }

 private:
  static bool is_nothing(std::initializer_list<Handle> modules) {
    return modules.size() == 1 && detail::ElementOf<M>::pointer(*modules.begin()) == nullptr;
  }
  Impl& impl() const {
    return *this->ptr();
  }
};

/// The module behind `ModuleMap`. Keeps the order of insertion. Mirrors `torch.nn.ModuleDict`.
template <typename M>
class ModuleMapImpl : public torch::nn::Module {
  using Traits = detail::ElementOf<M>;

 public:
  using Handle = typename Traits::Handle;
  using Element = detail::Element<Handle, ModuleMapImpl>;
  /// As in `std::map`: `for (auto& [key, module] : map)`.
  using Item = std::pair<const std::string, Element>;
  using Storage = std::vector<std::unique_ptr<Item>>;
  using iterator = detail::ElementIterator<typename Storage::iterator, Item>;
  using const_iterator = detail::ElementIterator<typename Storage::const_iterator, Item>;

  ModuleMapImpl() : torch::nn::Module("torchtidy::ModuleMap") {}
  ModuleMapImpl(std::initializer_list<std::pair<std::string, Handle>> modules) : ModuleMapImpl() {
    for (const auto& item : modules) {
      insert(item.first, item.second);
    }
  }
  // Elements point back to their container.
  ModuleMapImpl(const ModuleMapImpl&) = delete;
  ModuleMapImpl& operator=(const ModuleMapImpl&) = delete;

  /// Registers `module` as `key`; replaces what has this key. \returns the element.
  /// \throws c10::Error if the module is null, or the key empty or with a dot. Mirrors `dict[key] = module`.
  Element& insert(const std::string& key, Handle module) {
    detail::check_element(Traits::pointer(module), "ModuleMap", key);
    if (Item* item = find_item(key)) {
      return item->second = std::move(module);
    }
    detail::check_key(key);
    register_module(key, Traits::pointer(module));
    items_.push_back(
        std::make_unique<Item>(
            std::piecewise_construct,
            std::forward_as_tuple(key),
            std::forward_as_tuple(std::move(module), *this)));
    return items_.back()->second;
  }
  /// Registers `M(args...)` as `key`, as `insert`.
  template <typename... Args>
  Element& emplace(const std::string& key, Args&&... args) {
    return insert(key, Traits::make(std::forward<Args>(args)...));
  }
  /// Removes an element. \throws c10::Error with near keys if there is none. Mirrors `del dict[key]`.
  void erase(const std::string& key) {
    for (auto item = items_.begin(); item != items_.end(); ++item) {
      if ((*item)->first == key) {
        unregister_module(key);
        items_.erase(item);
        return;
      }
    }
    detail::no_such_key(key, keys());
  }
  void clear() {
    while (!empty()) {
      erase(items_.back()->first);
    }
  }

  /// The element called `key`, as an `M`. Never adds one (use `insert`).
  /// \throws c10::Error with near keys if there is none.
  Element& at(const std::string& key) const {
    Item* item = find_item(key);
    if (item == nullptr) {
      detail::no_such_key(key, keys());
    }
    return item->second;
  }
  Element& operator[](const std::string& key) const {
    return at(key);
  }
  bool contains(const std::string& key) const {
    return find_item(key) != nullptr;
  }
  /// In the order of insertion.
  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    for (const auto& item : items_) {
      keys.push_back(item->first);
    }
    return keys;
  }
  size_t size() const noexcept {
    return items_.size();
  }
  bool empty() const noexcept {
    return items_.empty();
  }
  iterator begin() {
    return iterator(items_.begin());
  }
  iterator end() {
    return iterator(items_.end());
  }
  const_iterator begin() const {
    return const_iterator(items_.begin());
  }
  const_iterator end() const {
    return const_iterator(items_.end());
  }

  /// A deep copy, on `device` if one is given. \throws c10::Error if an element cannot be cloned.
  std::shared_ptr<torch::nn::Module> clone(const Optional<torch::Device>& device = {}) const override {
    auto copy = std::make_shared<ModuleMapImpl>();
    for (const auto& item : items_) {
      copy->insert(item->first, detail::clone_element<M>(item->second, device));
    }
    torch::nn::Cloneable<detail::CloneInto>::copy_own_mode(*copy, *this);
    return copy;
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "torchtidy::ModuleMap";
  }

  /// \internal What assigning to an element does.
  void replace(Element& element, const Handle& module) {
    for (const auto& item : items_) {
      if (&item->second == &element) {
        detail::check_element(Traits::pointer(module), "ModuleMap", item->first);
        replace_module(item->first, Traits::pointer(module));
        return;
      }
    }
  }

 private:
  Item* find_item(const std::string& key) const {
    for (const auto& item : items_) {
      if (item->first == key) {
        return item.get();
      }
    }
    return nullptr;
  }

  // Called by a parent's clone(): `this` is what the copy's reset() made.
  void clone_(torch::nn::Module& other, const Optional<torch::Device>& device) override {
    detail::check_fresh(*this, other, "ModuleMap");
    auto* source = dynamic_cast<ModuleMapImpl*>(&other);
    TORCH_CHECK(source != nullptr, "clone() met a ", other.name(), " where the copy has a ModuleMap");
    torch::nn::Cloneable<detail::CloneInto>::copy_own_mode(*this, other);
    if (source->keys() != keys()) {
      clear();
      for (const auto& item : source->items_) {
        insert(item->first, detail::clone_element<M>(item->second, device));
      }
      return;
    }
    for (const auto& item : source->items_) {
      torch::nn::Cloneable<detail::CloneInto>::clone_into(
          *Traits::pointer(at(item->first)), *Traits::pointer(item->second), device);
    }
  }

  Storage items_;
};

/// A registered dictionary of `M`; see the top of this file. Never null unless made from `nullptr`.
template <typename M>
class ModuleMap : public torch::nn::ModuleHolder<ModuleMapImpl<M>> {
 public:
  using Impl = ModuleMapImpl<M>;
  using Handle = typename Impl::Handle;
  using Element = typename Impl::Element;
  using torch::nn::ModuleHolder<Impl>::ModuleHolder;
  ModuleMap() = default;
  ModuleMap(std::initializer_list<std::pair<std::string, Handle>> modules)
      : torch::nn::ModuleHolder<Impl>(std::make_shared<Impl>(modules)) {}

  /// As the members of `ModuleMapImpl` of the same names.
  Element& insert(const std::string& key, Handle module) {
    return impl().insert(key, std::move(module));
  }
  template <typename... Args>
  Element& emplace(const std::string& key, Args&&... args) {
    return impl().emplace(key, std::forward<Args>(args)...);
  }
  void erase(const std::string& key) {
    impl().erase(key);
  }
  void clear() {
    impl().clear();
  }
  Element& at(const std::string& key) const {
    return impl().at(key);
  }
  Element& operator[](const std::string& key) const {
    return impl().at(key);
  }
  bool contains(const std::string& key) const {
    return impl().contains(key);
  }
  std::vector<std::string> keys() const {
    return impl().keys();
  }
  size_t size() const {
    return impl().size();
  }
  bool empty() const {
    return impl().empty();
  }
  typename Impl::iterator begin() const {
    return impl().begin();
  }
  typename Impl::iterator end() const {
    return impl().end();
  }

 private:
  Impl& impl() const {
    return *this->ptr();
  }
};

} // namespace torchtidy
