# cmake -DPTXAS=ptxas -DFOLDER=<folder of .ptx> -DARCHITECTURES=sm_80,sm_90 -P assemble.cmake: NVIDIA's assembler takes all
# kernels, and none needs more registers than there are.
string(REPLACE "," ";" architectures ${ARCHITECTURES})
file(GLOB texts ${FOLDER}/*.ptx)
if(NOT texts)
  message(FATAL_ERROR "there is no PTX in ${FOLDER}")
endif()
foreach(architecture ${architectures})
  foreach(text ${texts})
    execute_process(COMMAND ${PTXAS} -arch=${architecture} -v ${text} -o ${FOLDER}/assembled.cubin
      RESULT_VARIABLE ended ERROR_VARIABLE said OUTPUT_VARIABLE said)
    if(NOT ended EQUAL 0 OR said MATCHES "[1-9][0-9]* bytes spill")
      message(FATAL_ERROR "${text} for ${architecture}: ended with ${ended}\n${said}")
    endif()
  endforeach()
endforeach()
