// What the tests need of Eigen, declared as it is there: a Matrix keeps its elements and copies them, a Map shows
// memory of somebody else.
#pragma once
#include <cstddef>

namespace Eigen {
using Index = std::ptrdiff_t;
constexpr int Dynamic = -1;

template <typename Derived> class MatrixBase {
public:
  Index rows() const;
  Index cols() const;
  Index size() const;
  double sum() const;
};
enum StorageOptions { ColMajor = 0, RowMajor = 1 };
template <typename T, int Rows, int Columns, int Options = ColMajor>
class Matrix : public MatrixBase<Matrix<T, Rows, Columns, Options>> {
public:
  using Scalar = T;
  Matrix();
  Matrix(Index rows, Index columns);
  Matrix(const Matrix &other);
  ~Matrix();
  template <typename Other> Matrix(const MatrixBase<Other> &other);
  Matrix &operator=(const Matrix &other);
  T *data();
  const T *data() const;
  T &operator()(Index row, Index column);
  void resize(Index rows, Index columns);

private:
  T *elements;
};
template <typename M> class Map : public MatrixBase<Map<M>> {
public:
  using Scalar = typename M::Scalar;
  Map(Scalar *memory, Index rows, Index columns);
  Scalar *data();
  Scalar &operator()(Index row, Index column);

private:
  Scalar *memory;
};
using Vector3f = Matrix<float, 3, 1>;
using Vector3d = Matrix<double, 3, 1>;
using Matrix4f = Matrix<float, 4, 4>;
using VectorXf = Matrix<float, Dynamic, 1>;
using MatrixXf = Matrix<float, Dynamic, Dynamic>;
using RowMatrixXf = Matrix<float, Dynamic, Dynamic, RowMajor>;
using MatrixXd = Matrix<double, Dynamic, Dynamic>;
} // namespace Eigen
