#include "graph/torch/allowed_operators.h"

#include <initializer_list>
#include <string>
#include <unordered_set>

namespace zsq::torchscript {
namespace {

using Names = std::unordered_set<std::string_view>;

Names words_of(std::initializer_list<std::string_view> texts) {
  Names names;
  for (std::string_view text : texts)
    while (!text.empty()) {
      const std::size_t space = text.find(' ');
      names.insert(text.substr(0, space));
      text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    }
  return names;
}

/// Of namespace aten; an in-place form, which ends in an underscore, is allowed with its plain one.
const Names& aten_names() {
  static const Names names = words_of({
      // Sizes, types and other facts of a tensor
      "size numel dim len is_floating_point is_complex is_signed is_nonzero is_contiguous is_same_size "
      "element_size stride storage_offset result_type promote_types can_cast get_device is_coalesced "
      "_shape_as_tensor is_scripting is_grad_enabled is_autocast_enabled is_autocast_cpu_enabled sym_size "
      "sym_numel sym_stride sym_storage_offset sym_is_contiguous is_leaf is_conj is_neg _infer_size "
      "device dense_dim sparse_dim",
      // Numbers, texts, lists and dicts
      "Bool Int Float Complex Size IntImplicit FloatImplicit ComplexImplicit ScalarImplicit item "
      "_local_scalar_dense __and__ __or__ __xor__ __not__ __lshift__ __rshift__ __iand__ __ior__ __ixor__ "
      "__ilshift__ __irshift__ __is__ __isnot__ __contains__ __getitem__ _set_item __derive_index "
      "__range_length __round_to_zero_floordiv append extend insert pop popitem remove reverse clear copy "
      "list dict keys values items get setdefault update Delete sort sorted index count str format "
      "percentFormat lower upper startswith endswith strip lstrip rstrip find rfind split rsplit isdigit "
      "isalpha isalnum ord chr hash abs fabs ceil floor round trunc sqrt pow exp log log2 log10 log1p sin "
      "cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh fmod modf divmod floordiv gcd "
      "copysign degrees radians factorial mathremainder eq ne lt le gt ge add sub mul div neg remainder "
      "floor_divide true_divide min max sum any all _unwrap_optional as_tensor tensor scalar_tensor "
      "_tensor_to_list _list_to_tensor",
      // Constants
      "zeros ones full empty arange range linspace logspace eye zeros_like ones_like full_like empty_like "
      "new_zeros new_ones new_full new_empty tril_indices triu_indices one_hot hann_window hamming_window "
      "meshgrid cartesian_prod combinations",
      // One value at a time
      "absolute arccos arcsin arctan arctan2 arccosh arcsinh arctanh addcdiv addcmul angle bitwise_and "
      "bitwise_not bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift celu clamp clamp_max "
      "clamp_min clip conj conj_physical real imag resolve_conj resolve_neg complex polar deg2rad rad2deg "
      "digamma divide elu erf erfc erfinv exp2 expm1 fix float_power fmax fmin frac frexp gelu glu "
      "greater greater_equal hardshrink hardsigmoid hardswish hardtanh heaviside hypot i0 isclose "
      "isfinite isinf isnan isneginf isposinf isreal ldexp leaky_relu lerp less less_equal lgamma "
      "log_sigmoid log_sigmoid_forward logaddexp logaddexp2 logical_and logical_not logical_or "
      "logical_xor logit maximum minimum mish multiply nan_to_num negative nextafter not_equal positive "
      "prelu _prelu_kernel reciprocal relu relu6 rsqrt rsub selu sgn sigmoid sign signbit silu sinc "
      "softplus softshrink square subtract threshold where xlogy special_expit special_erf special_exp2 "
      "special_expm1 special_log1p special_round special_sinc special_softmax special_log_softmax "
      "special_logit special_xlogy special_entr special_digamma special_i0 dropout feature_dropout "
      "alpha_dropout feature_alpha_dropout rrelu fill masked_fill zero",
      // Layers
      "conv1d conv2d conv3d convolution _convolution _convolution_mode conv_transpose1d conv_transpose2d "
      "conv_transpose3d conv_tbc linear bilinear addmm addbmm addmv addr baddbmm bmm mm mv matmul dot "
      "vdot inner outer ger einsum tensordot kron linalg_matmul linalg_multi_dot chain_matmul "
      "_weight_norm norm_except_dim batch_norm "
      "_batch_norm_impl_index instance_norm layer_norm "
      "native_layer_norm group_norm native_group_norm rms_norm renorm max_pool1d max_pool2d max_pool3d "
      "max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices avg_pool1d avg_pool2d "
      "avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d _adaptive_avg_pool2d "
      "_adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d max_unpool2d "
      "max_unpool3d softmax _softmax log_softmax _log_softmax logsumexp scaled_dot_product_attention "
      "embedding lstm gru rnn_tanh rnn_relu lstm_cell gru_cell upsample_nearest1d upsample_nearest2d "
      "upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d upsample_linear1d "
      "upsample_bilinear2d upsample_trilinear3d upsample_bicubic2d _upsample_bilinear2d_aa "
      "_upsample_bicubic2d_aa __interpolate __upsample __upsample_bilinear __upsample_nearest "
      "grid_sampler grid_sampler_2d affine_grid_generator pad constant_pad_nd reflection_pad1d "
      "reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d replication_pad3d "
      "_pad_circular _pad_enum pixel_shuffle pixel_unshuffle channel_shuffle native_channel_shuffle "
      "im2col col2im unfold cosine_similarity pairwise_distance cdist",
      // Sums and choices
      "mean std std_mean var var_mean prod nansum nanmean median nanmedian mode amax amin aminmax argmax "
      "argmin argsort topk kthvalue msort cumsum cumprod cummax cummin logcumsumexp count_nonzero norm "
      "frobenius_norm nuclear_norm linalg_norm linalg_vector_norm linalg_matrix_norm linalg_cross cross "
      "dist trace quantile histc bincount unique_consecutive unique_dim _unique2 nonzero nonzero_numpy "
      "argwhere equal allclose isin searchsorted bucketize diff cov",
      // Another shape or order
      "view view_as reshape reshape_as _unsafe_view flatten ravel unflatten transpose permute t numpy_T "
      "mT adjoint swapaxes swapdims moveaxis movedim squeeze unsqueeze expand expand_as broadcast_to "
      "broadcast_tensors repeat repeat_interleave tile flip fliplr flipud roll rot90 chunk unsafe_chunk "
      "unsafe_split split_with_sizes unsafe_split_with_sizes tensor_split hsplit vsplit dsplit unbind "
      "select narrow slice diagonal diag diag_embed diagflat tril triu cat concat concatenate stack "
      "hstack vstack dstack column_stack row_stack block_diag atleast_1d atleast_2d atleast_3d gather "
      "take take_along_dim index_select index_add index_copy index_fill index_put scatter scatter_add "
      "scatter_reduce masked_select masked_scatter select_scatter slice_scatter diagonal_scatter "
      "view_as_real view_as_complex sum_to_size",
      // The same values
      "contiguous clone detach alias to type_as requires_grad cpu _to_copy lift_fresh lift data "
      "_cast_Float _cast_Double _cast_Int _cast_Long to_dense",
  });
  return names;
}

/// Of namespace prim, besides what the interpreter does itself.
const Names& prim_names() {
  static const Names names = words_of({
      "NumToTensor TupleIndex StringIndex EnumName EnumValue ModuleContainerIndex "
      "unchecked_unwrap_optional rangelist tolist min max abs data device dtype layout type itemsize "
      "nbytes index name requires_grad is_cpu is_cuda is_xpu is_mps is_meta is_mkldnn is_nested "
      "is_quantized is_sparse is_sparse_csr is_vulkan is_xla is_ipu is_maia is_mtia",
  });
  return names;
}

bool has_aten(std::string_view name) {
  if (aten_names().contains(name)) return true;
  return name.ends_with('_') && !name.ends_with("__") &&
         aten_names().contains(name.substr(0, name.size() - 1));
}

}  // namespace

bool is_allowed(std::string_view name) {
  if (name.starts_with("aten::")) return has_aten(name.substr(6));
  return name.starts_with("prim::") && prim_names().contains(name.substr(6));
}

}  // namespace zsq::torchscript
