internal import CCoinKernels

/// Returns the activation of a sine layer, about sin(2πt), and its exact derivative.
///
/// The reference: one number at a time, for tests and for initialising networks.
package func sineActivation(turns: Float) -> (value: Float, derivative: Float) {
    var (turns, value, derivative) = (turns, Float(0), Float(0))
    unsafe coin_sine_apply(&turns, &value, &derivative, 1)
    return (value, derivative)
}
