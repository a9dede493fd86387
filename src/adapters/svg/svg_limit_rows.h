/* SPDX-License-Identifier: MIT */
/*
 * Numbers that make a browser compute for long, whatever is drawn:
 * LIMIT(element, attribute, least, most). Each number of the attribute counts,
 * a percent as a hundredth. An element of "" is any.
 */
LIMIT("feGaussianBlur", "stdDeviation", -INFINITY, 250)
LIMIT("feDropShadow", "stdDeviation", -INFINITY, 250)
LIMIT("feTurbulence", "numOctaves", -INFINITY, 5)
LIMIT("feMorphology", "radius", -INFINITY, 50)
LIMIT("feConvolveMatrix", "order", -INFINITY, 7)
LIMIT("feConvolveMatrix", "kernelUnitLength", 1, 100)
LIMIT("feDiffuseLighting", "kernelUnitLength", 1, 100)
LIMIT("feSpecularLighting", "kernelUnitLength", 1, 100)
LIMIT("filter", "filterRes", 0, 1000)
LIMIT("", "pathLength", -INFINITY, 10000)
